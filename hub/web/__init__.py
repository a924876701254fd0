"""Between the browser and the rooms: the guard, headers, error pages, navigation, template helpers."""
