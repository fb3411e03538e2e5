"""Shell texts: values put into them so that the shell sees each as it is."""
