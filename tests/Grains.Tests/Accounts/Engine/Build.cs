using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Tests.Accounts.Engine;

/// <summary>The small builder of the engine's tests: an account is made by deciding commands, as in life.</summary>
internal sealed class Build
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public AccountState State { get; private set; } = AccountState.None;

    public List<LedgerEntry> Entries { get; } = [];

    public static Build OpenAccount()
    {
        var account = new Build();
        account.Do(new OpenAccount { OperationId = "open" }, Noon.AddDays(-30));
        return account;
    }

    /// <summary>Batch ids are 2, 3, … in the order given.</summary>
    public static Build AccountWith(params (long Credits, DateTimeOffset Expires)[] batches)
    {
        var account = OpenAccount();
        foreach (var (credits, expires) in batches)
            account.Do(Grant($"grant-{account.State.Sequence}", credits) with { ExpiresAt = expires }, Noon.AddDays(-1));
        return account;
    }

    public static Grant Grant(string operationId, long credits) => new() { OperationId = operationId, Credits = credits, Source = GrantSource.Promotional };

    public static Debit Debit(string operationId, long credits) => new() { OperationId = operationId, Credits = credits };

    public static DebitRecipients Debit(string operationId, params int[] credits) => new() { OperationId = operationId, CreditsPerRecipient = [.. credits] };

    public static Reverse Reverse(string operationId, string debit, long credits) => new() { OperationId = operationId, DebitOperationId = debit, Credits = credits };

    public static VoidBatch Void(string operationId, long batch) => new() { OperationId = operationId, BatchId = batch };

    public static Grant Bought(string purchase, long credits) =>
        new() { OperationId = $"purchase:{purchase}", Credits = credits, Source = GrantSource.Purchase, PurchaseId = purchase, Paid = credits * 10 };

    public static RevokeCredits Revoke(string operationId, string purchase, long credits) => new() { OperationId = operationId, PurchaseId = purchase, Credits = credits };

    public static RestoreCredits Restore(string operationId, string revocation) => new() { OperationId = operationId, RevokeOperationId = revocation };

    public static SetAutoTopUp TopUp(string operationId, long threshold, long credits, long? cap = null, bool enabled = true) =>
        new() { OperationId = operationId, Settings = new AutoTopUpSettings { Enabled = enabled, Threshold = threshold, Credits = credits, MonthlyCap = cap } };

    public Decision Do(AccountCommand command, DateTimeOffset now)
    {
        var earlier = command switch
        {
            Reverse reverse => reverse.DebitOperationId,
            RevokeCredits revoke => $"purchase:{revoke.PurchaseId}",
            RestoreCredits restore => restore.RevokeOperationId,
            _ => null,
        };
        var about = Entries.Find(entry => entry.OperationId == earlier);
        return Take(AccountDecider.Decide(State, command, new DecisionContext
        {
            Now = now,
            Posted = Entries.Find(entry => entry.OperationId == command.OperationId),
            About = about,
            AlreadyReversed = about is null ? 0 : Entries.Where(entry => entry.Reverses == about.Sequence).Sum(entry => entry.Credits),
        }));
    }

    /// <summary>Takes an entry that was posted elsewhere.</summary>
    public void Replay(LedgerEntry entry)
    {
        State = State.Apply(entry);
        Entries.Add(entry);
    }

    public Decision Tick(DateTimeOffset now) => Take(AccountDecider.Tick(State, now));

    public AccountState Refolded() => Entries.Aggregate(AccountState.None, (state, entry) => state.Apply(entry));

    private Decision Take(Decision decision)
    {
        State = decision.State;
        Entries.AddRange(decision.Entries);
        return decision;
    }
}
