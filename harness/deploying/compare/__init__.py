"""What the deployment script does not look at: settings that nothing begins with, and what no file names."""
