using System.Security.Cryptography;

namespace Connect.Sandbox.Stripe;

/// <summary>Makes the ids of sandbox objects; a host may replace it to get the same ids in every run.</summary>
public interface IStripeIds
{
    /// <summary>A new id that was never given out before.</summary>
    /// <param name="prefix">The kind of object as Stripe spells it, for example <c>pi</c> or <c>cs_test</c>.</param>
    /// <returns>The prefix, an underscore and 24 letters or digits.</returns>
    string Next(string prefix);
}

/// <summary>Ids from the operating system's random numbers, so that a restart never repeats one.</summary>
public sealed class RandomStripeIds : IStripeIds
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <inheritdoc />
    public string Next(string prefix) => $"{prefix}_{RandomNumberGenerator.GetString(Alphabet, 24)}";
}
