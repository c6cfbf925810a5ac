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

    /// <summary>For a reversal: the debit it names, if the ledger has it.</summary>
    public LedgerEntry? Debit { get; init; }

    /// <summary>For a reversal: credits of that debit already given back.</summary>
    public long AlreadyReversed { get; init; }
}

/// <summary>A named outcome, the entries that follow, and the state after them.</summary>
public readonly record struct Decision(PostResult Result, ImmutableArray<LedgerEntry> Entries, AccountState State);
