/* The drawings of the managers' page. The numbers are in the tables; this only draws them, from the JSON beside each.
   What draws is heavier than all the rest of the page: it is fetched when a drawing comes near, or is about to be printed. */
(() => {
  const cards = [...document.querySelectorAll(".chart-card[data-chart]")];
  const drawing = document.currentScript.dataset.charts;
  if (!cards.length) return;
  let asked = false;
  const fetchCharts = () => {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = drawing;
    script.addEventListener("load", begin);
    document.head.append(script);
  };
  const near = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    fetchCharts();
  }, { rootMargin: "300px" });
  cards.forEach((card) => near.observe(card));
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("pointerenter", fetchCharts));

  function begin() {

  const language = document.documentElement.lang === "it" ? "it-IT" : document.documentElement.lang;
  const whole = new Intl.NumberFormat(language, { useGrouping: "always" });
  const hundredths = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const signedHundredths = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "always" });
  const axisPercent = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // How each role is drawn: colour by token, and a second sign (dashes, symbol, texture) for those who do not see it.
  const LOOK = {
    coded: { colour: "--series-1", symbol: "circle" },
    corrected: { colour: "--series-2", symbol: "rect" },
    coded_before: { colour: "--series-3", symbol: "circle", dashed: true },
    corrected_before: { colour: "--series-4", symbol: "rect", dashed: true },
    value: { colour: "--series-1", symbol: "circle" },
    limit: { colour: "--series-bad", symbol: "none", dashed: true },
    centre: { colour: "--series-3", symbol: "none", dashed: true },
    target: { colour: "--series-2", symbol: "none" },
    answered: { colour: "--series-1" },
    short_abandoned: { colour: "--series-4" },
    abandoned: { colour: "--series-bad" },
    mix: { colour: "--series-3" },
    rate: { colour: "--series-1" },
    misses: { colour: "--series-1" },
    cumulated: { colour: "--series-4", symbol: "rect" },
    expected: { colour: "--series-1", symbol: "circle" },
    low: { colour: "--series-3", symbol: "triangle", dashed: true },
    high: { colour: "--series-3", symbol: "rect", dashed: true },
    erlang_a: { colour: "--series-1", symbol: "circle" },
    erlang_c: { colour: "--series-4", symbol: "rect", dashed: true },
    people: { colour: "--series-2", symbol: "diamond" },
  };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const said = (value, unit) => {
    if (value === null || value === undefined) return "–";
    if (unit === "points") return signedHundredths.format(value);
    return unit === "%" ? `${hundredths.format(value)} %` : whole.format(value);
  };

  // The tip is built of nodes: the page's policy lets no markup bring its own style.
  const tip = (data) => (points) => {
    const box = document.createElement("div");
    box.className = "chart-tip";
    const title = document.createElement("b");
    title.textContent = data.categories[points[0].dataIndex];
    box.append(title);
    const line = (name, value) => {
      const row = document.createElement("div");
      const left = document.createElement("span");
      const right = document.createElement("strong");
      left.textContent = name;
      right.textContent = value;
      row.append(left, right);
      box.append(row);
    };
    points.forEach((point) => line(point.seriesName, said(point.value, point.seriesType === "line" && data.kind === "pareto" ? "%" : data.unit)));
    if (data.total_label) line(data.total_label, said(points.reduce((sum, point) => sum + (point.value || 0), 0), data.unit));
    return box;
  };

  const series = (data) => data.series.map((one) => {
    const look = LOOK[one.role] || { colour: "--series-3" };
    const colour = token(look.colour);
    if (data.kind === "bars" || data.kind === "parts") {
      return { name: one.name, type: "bar", stack: data.kind, data: one.values, barMaxWidth: 44, itemStyle: { color: colour } };
    }
    if (data.kind === "pareto" && one.role === "misses") {
      return { name: one.name, type: "bar", data: one.values, barMaxWidth: 44, itemStyle: { color: colour } };
    }
    const provisional = (index) => one.provisional_from !== null && one.provisional_from !== undefined && index >= one.provisional_from;
    return {
      name: one.name,
      type: "line",
      yAxisIndex: data.kind === "pareto" ? 1 : 0,
      data: one.values.map((value, index) => (provisional(index)
        ? { value, symbolSize: 10, itemStyle: { color: token("--surface"), borderColor: colour, borderWidth: 2 } } : value)),
      color: colour,
      symbol: look.symbol,
      symbolSize: look.dashed ? 5 : 8,
      lineStyle: { color: colour, width: look.dashed ? 2 : 3, type: look.dashed ? "dashed" : "solid" },
      itemStyle: { color: colour },
      z: look.dashed ? 2 : 3,
    };
  });

  // Shares differ by little: the scale starts near the lowest, on even numbers (the page says so beside the drawing).
  const closeUp = (data) => {
    const values = data.series.flatMap((one) => one.values).filter((value) => value !== null);
    if (!values.length) return {};
    const min = Math.max(0, 2 * Math.floor((Math.min(...values) - 0.5) / 2));
    const max = Math.min(100, 2 * Math.ceil(Math.max(...values) / 2));
    return max - min > 12 ? {} : { min, max, interval: 2 };
  };

  // Where the names would not stand beside each other they stand below each other, and the drawing makes room for all.
  const NARROW = 480;
  const legendPlace = (data, width) => (width < NARROW
    ? { orient: "vertical", itemGap: 8, room: 16 + 22 * data.series.length } : { orient: "horizontal", itemGap: 18, room: 64 });

  // Reasons are whole phrases: all of them stand there, aslant and shortened; the tip and the table have them whole.
  const names = (data) => (data.kind === "pareto"
    ? { interval: 0, rotate: 35, width: 130, overflow: "truncate" } : { hideOverlap: true });

  const options = (data, width, onPaper = false) => {
    const percent = data.unit === "%";
    const { room, ...legend } = legendPlace(data, width);
    const text = { color: token("--ink-2"), fontFamily: "Figtree, sans-serif", fontSize: 13 };
    const written = (value) => (percent ? `${axisPercent.format(value)} %` : data.unit === "points" ? hundredths.format(value) : whole.format(value));
    const categories = { type: "category", data: data.categories, axisLabel: { ...text, ...names(data) }, axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false } };
    const values = {
      type: "value",
      scale: percent,
      ...(percent ? closeUp(data) : {}),
      axisLabel: { ...text, formatter: written },
      splitLine: { lineStyle: { color: token("--line") } },
    };
    // Parts lie down: the names of groups are long, and the largest is read first.
    const lying = data.kind === "parts";
    const cumulated = { type: "value", min: 0, max: 100, axisLabel: { ...text, formatter: (value) => `${axisPercent.format(value)} %` }, splitLine: { show: false } };
    const across = { ...categories, inverse: true, axisLabel: { ...text, width: Math.max(90, width * 0.3), overflow: "truncate" } };
    return {
      animation: !still.matches && !onPaper,
      textStyle: text,
      grid: { left: 4, right: 12, top: 20, bottom: room, containLabel: true },
      legend: { ...legend, bottom: 0, left: 0, icon: percent ? undefined : "roundRect", itemWidth: percent ? 28 : 14, textStyle: { ...text, color: token("--ink") } },
      tooltip: {
        trigger: "axis",
        backgroundColor: token("--surface"),
        borderColor: token("--line-strong"),
        textStyle: { ...text, color: token("--ink") },
        formatter: tip(data),
        confine: true,
      },
      xAxis: lying ? values : categories,
      yAxis: lying ? across : data.kind === "pareto" ? [values, cumulated] : values,
      series: series(data),
    };
  };

  const drawn = cards.map((card) => {
    const data = JSON.parse(document.getElementById(card.dataset.chart).textContent);
    card.classList.add("has-chart");
    const place = card.querySelector(".chart, .vc-drawing");
    const chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.on("click", (point) => {
      const urls = data.series[point.seriesIndex].urls;
      if (urls && urls[point.dataIndex]) window.location.assign(urls[point.dataIndex]);
    });
    let wasNarrow = place.clientWidth < NARROW;
    new ResizeObserver(() => {
      chart.resize();
      if (wasNarrow === place.clientWidth < NARROW) return;
      wasNarrow = !wasNarrow;
      chart.setOption(options(data, place.clientWidth), true);
    }).observe(place);
    return { chart, data, place };
  });

  const draw = () => drawn.forEach(({ chart, data, place }) => chart.setOption(options(data, place.clientWidth), true));
  draw();
  document.fonts.ready.then(draw);
  dark.addEventListener("change", draw);
  still.addEventListener("change", draw);

  // Paper gets pictures of its own, made beforehand: light, as wide as a page, and there however the page is printed.
  const PAPER = { width: 1000, height: 360 };
  const picture = ({ data, place }) => {
    const chart = window.echarts.init(document.createElement("div"), null, { renderer: "canvas", ...PAPER });
    document.documentElement.dataset.paper = "yes";
    chart.setOption(options(data, PAPER.width, true));
    const image = place.parentElement.querySelector(".chart-paper") || document.createElement("img");
    image.className = "chart-paper";
    image.alt = "";
    image.src = chart.getDataURL({ pixelRatio: 2, backgroundColor: token("--surface") });
    delete document.documentElement.dataset.paper;
    chart.dispose();
    place.after(image);
  };
  document.fonts.ready.then(() => drawn.forEach(picture));

  // The rest of the page is light on paper too.
  window.addEventListener("beforeprint", () => { document.documentElement.dataset.paper = "yes"; });
  window.addEventListener("afterprint", () => { delete document.documentElement.dataset.paper; });
  }
})();
