using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>Credits granted together, with one expiry instant: usable before it, not at it.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.engine.batch")]
public sealed record CreditBatch
{
    /// <summary>The sequence of the entry that granted or restored it.</summary>
    [Id(0)] public required long Id { get; init; }

    /// <summary>Why it was granted.</summary>
    [Id(1)] public required GrantSource Source { get; init; }

    /// <summary>Credits at the grant.</summary>
    [Id(2)] public required long Granted { get; init; }

    /// <summary>Credits left, never negative.</summary>
    [Id(3)] public required long Remaining { get; init; }

    /// <summary>When it was granted.</summary>
    [Id(4)] public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>When it ends.</summary>
    [Id(5)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>An operator ended it; credits that come back to it are ended at once.</summary>
    [Id(6)] public bool Voided { get; init; }

    /// <summary>The purchase that paid for it, if one did.</summary>
    [Id(7)] public string? PurchaseId { get; init; }

    /// <summary>The one burn order: earliest expiry, then earliest granted, then id.</summary>
    public bool BurnsBefore(CreditBatch other)
    {
        var byExpiry = ExpiresAt.CompareTo(other.ExpiresAt);
        if (byExpiry != 0) return byExpiry < 0;
        var byGrant = GrantedAt.CompareTo(other.GrantedAt);
        return byGrant != 0 ? byGrant < 0 : Id < other.Id;
    }
}
