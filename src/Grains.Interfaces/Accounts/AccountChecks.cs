using System.Collections.Immutable;

namespace Connect.Accounts;

/// <summary>What the first entries of a ledger sum to: how far the check of an account has come.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.ledger-sums")]
public sealed record LedgerSums
{
    /// <summary>Before the first entry.</summary>
    public static readonly LedgerSums None = new();

    /// <summary>Entries summed.</summary>
    [Id(0)] public long Entries { get; init; }

    /// <summary>Their totals.</summary>
    [Id(1)] public CreditTotals Totals { get; init; } = new();

    /// <summary>Credits left in each batch that has some.</summary>
    [Id(2)] public ImmutableArray<Draw> Remaining { get; init; } = [];

    /// <summary>When the last of them was posted, UTC.</summary>
    [Id(3)] public DateTimeOffset LastAt { get; init; } = DateTimeOffset.MinValue;

    /// <summary>What was wrong so far, in words.</summary>
    [Id(4)] public ImmutableArray<string> Findings { get; init; } = [];
}

/// <summary>One step of the check of an account.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.check-part")]
public sealed record CheckPart
{
    /// <summary>Where the next step goes on.</summary>
    [Id(0)] public required LedgerSums Sums { get; init; }

    /// <summary>The result, once the ledger's end was reached.</summary>
    [Id(1)] public AccountCheck? Result { get; init; }
}

/// <summary>The check of an account as a whole.</summary>
public static class AccountChecks
{
    /// <summary>Recomputes the balance from the ledger alone and compares. Many short calls, because a ledger may hold millions of entries and a call has a time limit.</summary>
    /// <param name="account">The account.</param>
    /// <param name="repeat">How to make one call; as it is when null.</param>
    public static async Task<AccountCheck> Check(this IAccountGrain account, Func<Func<Task<CheckPart>>, Task<CheckPart>>? repeat = null)
    {
        for (var sums = LedgerSums.None; ;)
        {
            var from = sums;
            var part = await (repeat is null ? account.CheckOn(from) : repeat(() => account.CheckOn(from)));
            if (part.Result is { } result) return result;

            sums = part.Sums;
        }
    }
}
