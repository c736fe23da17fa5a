"""What people see: Streamlit around `cnn_core`. Pages arrange what stands here; charts know no Streamlit."""
