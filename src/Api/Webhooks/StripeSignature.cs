using Stripe;

namespace Connect.Api.Webhooks;

/// <summary>Whether a body comes from Stripe: its signature was made with our secret, and not long ago by the program's clock.</summary>
public static class StripeSignature
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Stripe-Signature";

    /// <summary>How old, in seconds, a signature may be: the bound that Stripe recommends. It signs each delivery anew, so a late repetition passes.</summary>
    public const long Tolerance = 300;

    /// <summary>Null when the signature is good, else why not, in words that may be shown.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="header">The signature header's values.</param>
    /// <param name="secret">The endpoint's secret.</param>
    /// <param name="now">Now, UTC.</param>
    public static string? Refusal(string body, string? header, string secret, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(header)) return $"The {Header} header is missing.";

        try
        {
            EventUtility.ValidateSignature(body, header, secret, Tolerance, now.ToUnixTimeSeconds());
            return null;
        }
        catch (StripeException exception)
        {
            return exception.Message;
        }
        catch (Exception)
        {
            // The library throws whatever its parsing of the header runs into.
            return $"The {Header} header can not be read.";
        }
    }
}
