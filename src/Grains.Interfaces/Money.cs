namespace Connect;

/// <summary>An amount of money in minor units (cents for AUD) of one currency.</summary>
[GenerateSerializer, Immutable, Alias("connect.money")]
public sealed record Money
{
    /// <summary>Minor currency units; 4450 is A$44.50.</summary>
    [Id(0)] public required long Amount { get; init; }

    /// <summary>ISO 4217 code in capitals, such as AUD.</summary>
    [Id(1)] public required string Currency { get; init; }

    /// <summary>Makes an amount of Australian cents.</summary>
    public static Money Aud(long cents) => new() { Amount = cents, Currency = "AUD" };
}
