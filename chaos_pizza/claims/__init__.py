"""What an action item claims, and whether drills bear it out."""
