"""The authenticator app (Ứng dụng xác thực): its codes in place of codes by SMS, and the codes that stand in for a lost app."""
