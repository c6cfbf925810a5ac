using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Connect.Sandbox.Stripe;

/// <summary>Signs what is posted, as Stripe does: HMAC-SHA256 over the time, a dot and the raw body.</summary>
internal static class StripeSignature
{
    /// <summary>The value of the header <c>Stripe-Signature</c>.</summary>
    /// <param name="body">The raw body.</param>
    /// <param name="secret">The endpoint's secret, whole.</param>
    /// <param name="now">The time of this attempt.</param>
    public static string Header(string body, string secret, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var code = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"));
        return $"t={time},v1={Convert.ToHexStringLower(code)}";
    }
}
