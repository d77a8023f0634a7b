"""What a deployment has earned in a period, from the chain's own events: `millrace report`."""
