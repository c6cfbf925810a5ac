using System.Collections.Immutable;
using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>What a decider needs to know besides the account's state.</summary>
public readonly record struct DecisionContext
{
    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The entry that was posted earlier under the command's operation id, if the caller knows of one.</summary>
    public LedgerEntry? Posted { get; init; }

    /// <summary>The earlier entry that the command is about, if the ledger has it. Reversal: the debit; revocation: the grant of the purchase; restoration: the revocation.</summary>
    public LedgerEntry? About { get; init; }

    /// <summary>Sum of the credits of all entries that give that entry back: negative while a revocation has only taken more.</summary>
    public long AlreadyReversed { get; init; }
}

/// <summary>A named outcome, the entries that follow, and the state after them.</summary>
public readonly record struct Decision(PostResult Result, ImmutableArray<LedgerEntry> Entries, AccountState State);
