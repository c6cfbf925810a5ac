namespace Connect.Grains.Accounts.Engine;

/// <summary>Credits that a revocation asked for and could not take, because they were spent. What comes back to the purchase's batches is taken up to it.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.engine.shortfall")]
public sealed record Shortfall
{
    /// <summary>The sequence of the revocation.</summary>
    [Id(0)] public required long Sequence { get; init; }

    /// <summary>The purchase whose credits it takes.</summary>
    [Id(1)] public required string PurchaseId { get; init; }

    /// <summary>Credits still missing, at least 1.</summary>
    [Id(2)] public required long Credits { get; init; }
}
