"""Two files of one person: found each night, compared, joined, and parted again within thirty days."""
