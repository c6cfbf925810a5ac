using Orleans.Concurrency;

namespace Connect.Accounts;

/// <summary>
/// One Connect account: its credit batches, its ledger, its auto top-up. Key: the account id.
/// Every method may throw <see cref="AccountUnavailableException"/>; repeat the call then, with the same operation id.
/// </summary>
[Alias("connect.accounts.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Opens the account.</summary>
    [Alias("open")] Task<PostResult> Open(OpenAccount command);

    /// <summary>Adds a credit batch.</summary>
    [Alias("grant")] Task<PostResult> Grant(Grant command);

    /// <summary>Spends one amount, all or nothing.</summary>
    [Alias("debit")] Task<PostResult> Debit(Debit command);

    /// <summary>Spends for recipients in order, as far as the credits go.</summary>
    [Alias("debit-recipients")] Task<PostResult> DebitRecipients(DebitRecipients command);

    /// <summary>Gives credits of a debit back.</summary>
    [Alias("reverse")] Task<PostResult> Reverse(Reverse command);

    /// <summary>Ends a batch.</summary>
    [Alias("void")] Task<PostResult> Void(VoidBatch command);

    /// <summary>Takes unused credits of a purchase away, because its money goes back.</summary>
    [Alias("revoke")] Task<PostResult> Revoke(RevokeCredits command);

    /// <summary>Undoes a revocation.</summary>
    [Alias("restore")] Task<PostResult> Restore(RestoreCredits command);

    /// <summary>Changes the settings of auto top-up.</summary>
    [Alias("set-auto-top-up")] Task<PostResult> SetAutoTopUp(SetAutoTopUp command);

    /// <summary>Stops auto top-up because its purchase failed.</summary>
    [Alias("suspend-auto-top-up")] Task<PostResult> SuspendAutoTopUp(SuspendAutoTopUp command);

    /// <summary>Stops auto top-up for a reason that only an operator ends.</summary>
    [Alias("stop-auto-top-up")] Task<PostResult> StopAutoTopUp(StopAutoTopUp command);

    /// <summary>Arms a suspended auto top-up again.</summary>
    [Alias("resume-auto-top-up")] Task<PostResult> ResumeAutoTopUp(ResumeAutoTopUp command);

    /// <summary>What the account has now.</summary>
    [Alias("get-credits")] Task<CreditsView> GetCredits();

    /// <summary>A page of the ledger: entries after a sequence, at most 1,000.</summary>
    [Alias("read-ledger")] Task<LedgerPage> ReadLedger(long after, int limit);

    /// <summary>
    /// Recomputes the balance from the ledger alone, on from the entries that are summed already and for at most 10,000 more, and compares once the ledger's end is reached.
    /// <see cref="AccountChecks.Check"/> makes the calls.
    /// </summary>
    [Alias("check-on")] Task<CheckPart> CheckOn(LedgerSums sums);

    /// <summary>What operators may see.</summary>
    [Alias("inspect")] Task<AccountInspection> Inspect();
}
