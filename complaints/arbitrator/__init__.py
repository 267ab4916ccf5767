"""Appeals to the Arbitro Assicurativo (AAS): admissibility, terms with their stops, decision, compliance, publication."""
