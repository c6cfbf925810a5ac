using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Accounts;

/// <summary>A stored account state, so that activation reads the tail of the ledger and not its history. It changes cost, never meaning: it may be deleted at any time.</summary>
[GenerateSerializer, Alias("connect.accounts.snapshot")]
public sealed record AccountSnapshot
{
    /// <summary>The layout that this program writes; a snapshot of another one is ignored.</summary>
    public const int CurrentLayout = 2;

    /// <summary>The layout this one was written in; 0 when there is none.</summary>
    [Id(0)] public int Layout { get; init; }

    /// <summary>The state, or null when there is none. No default object: a deserializer may fill it in place, and it would be shared.</summary>
    [Id(1)] public AccountState? State { get; init; }
}
