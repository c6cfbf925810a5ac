using Connect.Grains.Accounts.Ledger;

namespace Connect.CrashMatrix.Host;

/// <summary>
/// The turnstile of the ledger. Its writer appends for many accounts at once and waits for the answer, so an account can not be held here for ever without holding all:
/// the append of a held account ends in a failure of unknown fate, and every further step of that account is held.
/// </summary>
internal sealed class LedgerTurnstile(Steps steps, ILedgerStore store)
{
    /// <summary>Carries a call out, or fails it.</summary>
    public object? Cross(StepCall call) => call.Method.Name == nameof(ILedgerStore.Append)
        ? Append((IReadOnlyList<LedgerAppend>)call.Arguments[0]!, (CancellationToken)call.Arguments[1]!)
        : call.Carry();

    private async Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        // A conflict has stored nothing and makes the writer take each account alone.
        if (appends.Count > 1 && appends.Any(append => steps.Of(append.AccountId) is { Holds: true }))
            throw new LedgerConflictException(LedgerConflict.OperationId);

        var (passage, only) = (Passage.Open, (AccountSteps?)null);
        foreach (var append in appends)
        {
            if (steps.Of(append.AccountId) is { } account)
                (passage, only) = (account.Enter(StepNames.OfAppend(append)), account);
        }

        if (passage is Passage.Closed or Passage.CutBefore)
            throw new IOException("Cut off.");
        await store.Append(appends, cancellationToken);
        if (passage == Passage.Open)
            return;
        if (passage == Passage.Last)
            only!.Freeze();
        throw new IOException("Cut off.");
    }
}
