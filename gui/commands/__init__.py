"""What menus, keys and drops do."""
