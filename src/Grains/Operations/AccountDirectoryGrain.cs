using System.Collections.Immutable;
using Connect.Grains.Accounts.Ledger;
using Connect.Operations;
using Orleans.Concurrency;

namespace Connect.Grains.Operations;

/// <summary>Reads the ledger's account ids for callers that have no storage of their own.</summary>
[StatelessWorker, Reentrant]
public sealed class AccountDirectoryGrain(ILedgerStore ledger) : Grain, IAccountDirectoryGrain
{
    private const int MaxIds = 1_000;

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> List(string after, int limit) =>
        ledger.ListAccounts(after, Math.Clamp(limit, 1, MaxIds), CancellationToken.None);
}
