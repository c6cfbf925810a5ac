namespace Connect.Api.Composition;

/// <summary>Sandbox mode: no Stripe key is configured, so Stripe, the SMS gateway and the clock are this program's own stand-ins.</summary>
public static class SandboxMode
{
    /// <summary>The key that is sent to the Stripe sandbox.</summary>
    public const string ApiKey = "sk_test_sandbox";

    /// <summary>Where this host serves the Stripe sandbox.</summary>
    public const string StripePath = "/sandbox/stripe";

    /// <summary>Whether the configuration asks for it.</summary>
    public static bool IsOn(IConfiguration configuration) => configuration["Stripe:ApiKey"] is null or "" or ApiKey;
}
