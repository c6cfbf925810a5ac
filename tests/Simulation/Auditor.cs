using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>
/// Checks a run from outside: the ledgers as they were stored, Stripe's own records, and what people did and were told. It folds the ledgers in its own way and shares no rule with the deciders.
/// </summary>
internal sealed class Auditor(World world)
{
    private readonly Dictionary<string, Books> _books = [];

    /// <summary>Everything that is wrong, in words.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>Begins with an account.</summary>
    public void Watch(SimulatedAccount account)
    {
        var books = new Books();
        _books[account.Id] = books;
        account.Posted = entry => Add(account.Id, books, entry);
    }

    /// <summary>Somebody did what can end a suspension that a card caused.</summary>
    public void Cure(string accountId) => _books[accountId].Cures.Add(world.Now);

    /// <summary>An operator armed auto top-up again.</summary>
    public void OperatorResumes(string accountId) => _books[accountId].OperatorResumed++;

    /// <summary>A person was told that a debit holds.</summary>
    public void Told(string accountId, string operationId, long credits)
    {
        if (_books[accountId].Answers.TryAdd(operationId, credits) || _books[accountId].Answers[operationId] == credits) return;
        Find($"{accountId}: {operationId} was answered with {_books[accountId].Answers[operationId]} and with {credits} credits");
    }

    /// <summary>The end: everything that Stripe has and everything that the ledgers have must agree.</summary>
    public void Close(IEnumerable<SimulatedAccount> accounts, IEnumerable<SimulatedPurchase> purchases, SimulatedStripe stripe, Func<string, bool> settled)
    {
        foreach (var purchase in purchases)
        {
            if (purchase.Stored is not { } state) continue;
            if (!state.Ended) Find($"{purchase.Key} never ended: {state.Phase}");
            if (state.Phase == PurchasePhase.NeedsReview) Find($"{purchase.Key} waits for a person: {state.Finding}");

            var charges = stripe.Of(purchase.Key).Sum(intent => intent.Charges.Count);
            var books = _books[purchase.Key.Split('/')[0]];
            var grants = books.Bought.Where(grant => grant.Purchase == purchase.Id).ToList();
            if (charges > 1) Find($"{purchase.Key} was charged {charges} times");
            if (purchase.SaidNotCharged is { } said && charges > 0) Find($"{purchase.Key} said at {said} that nothing was charged, and it was");
            if (charges != grants.Count) Find($"{purchase.Key} was charged {charges} times and credited {grants.Count} times");
            foreach (var grant in grants)
                if (grant.Credits != state.Price.Credits || grant.Paid != state.Price.Total.Amount) Find($"{purchase.Key} was credited {grant.Credits} for {grant.Paid}");
            if ((charges > 0) != (state.Phase == PurchasePhase.Credited)) Find($"{purchase.Key} is {state.Phase} with {charges} charges");
            if (grants.Count == 1 && charges == 1) CheckMoneyBack(purchase, books, stripe.Of(purchase.Key).Single(intent => intent.Charges.Count == 1), settled);
        }

        foreach (var account in accounts) Close(account, stripe);
    }

    private void Close(SimulatedAccount account, SimulatedStripe stripe)
    {
        var books = _books[account.Id];
        foreach (var grant in books.Bought)
            if (stripe.Of($"{account.Id}/{grant.Purchase}").All(intent => intent.Charges.Count == 0)) Find($"{account.Id}: credits of {grant.Purchase} without a payment");
        foreach (var (operation, credits) in books.Answers)
            if (books.Debits.GetValueOrDefault(operation) != credits) Find($"{account.Id}: {operation} was answered with {credits} credits, the ledger has {books.Debits.GetValueOrDefault(operation)}");
        if (books.InFlight is { } purchase) Find($"{account.Id}: top-up {purchase} is still in flight");

        foreach (var (month, spent) in books.Spent)
            if (books.CapOf(month) is { } cap && spent > cap) Find($"{account.Id}: auto top-up charged {spent} in a month with a cap of {cap}");

        // A decline is final until somebody does something about it.
        ChargeAttempt? declined = null;
        foreach (var attempt in stripe.Attempts.Where(attempt => attempt.Automatic && attempt.PurchaseKey.StartsWith(account.Id + "/", StringComparison.Ordinal)))
        {
            if (declined is not null && attempt.PurchaseKey == declined.PurchaseKey) Find($"{attempt.PurchaseKey} was declined and tried again");
            else if (declined is not null && !books.Cures.Any(cure => cure >= books.StartOf(declined.PurchaseKey) && cure <= attempt.At)) Find($"{attempt.PurchaseKey} was tried after a decline that nobody did anything about");
            declined = attempt.Paid ? null : attempt;
        }
    }

    // Money gone and credits gone are in proportion, rounded down, and all of the one is all of the other. Where one of several was undone, each of the others keeps at most its own share, rounded up.
    private void CheckMoneyBack(SimulatedPurchase purchase, Books books, StripeIntent intent, Func<string, bool> settled)
    {
        if (!settled(purchase.Key)) Find($"{purchase.Key}: money that went back is not settled");
        var (paid, credits) = (intent.Reading.Amount, purchase.Stored!.Price.Credits);
        var refunds = intent.Refunds.Where(refund => refund.Status is "pending" or "succeeded").Sum(refund => refund.Amount);
        var disputes = intent.Disputes.Where(dispute => dispute.Status == "lost" || (dispute.Status is "needs_response" or "warning_needs_response" && !dispute.Reinstated)).Sum(dispute => dispute.Amount);
        var gone = Math.Min(paid, refunds + disputes);
        var expected = gone == paid ? credits : credits * gone / paid;
        var claimed = books.Claims.Values.Where(claim => claim.Purchase == purchase.Id && !claim.Undone).Sum(claim => claim.Asked);
        var undone = intent.Refunds.Any(refund => refund.Status == "failed") || intent.Disputes.Any(dispute => dispute.Reinstated || dispute.Status is "won" or "warning_closed");
        var most = undone ? Math.Min(credits, expected + intent.Refunds.Count + intent.Disputes.Count) : expected;
        if (claimed < expected || claimed > most) Find($"{purchase.Key}: {gone} of {paid} went back, which is {expected} of {credits} credits, but {claimed} are revoked");
        foreach (var dispute in intent.Disputes.Where(dispute => dispute.Status is "lost" or "needs_response" && !dispute.Reinstated))
            if (!books.Stops.Contains($"dispute-stop:{dispute.Id}")) Find($"{purchase.Key}: dispute {dispute.Id} did not stop auto top-up");
        foreach (var warning in intent.Warnings)
            if (!books.Stops.Contains($"fraud-warning-stop:{warning}")) Find($"{purchase.Key}: warning {warning} did not stop auto top-up");
        foreach (var order in intent.Refunds.Where(refund => refund is { OperationId: not null, Status: "pending" or "succeeded" }).GroupBy(refund => refund.OperationId))
            if (order.Count() > 1) Find($"{purchase.Key}: the money of the refund {order.Key} went back {order.Count()} times");
    }

    private void Add(string account, Books books, LedgerEntry entry)
    {
        books.Entries++;
        books.Balance += entry.Credits;
        if (entry.Sequence != books.Entries) Find($"{account}: entry {entry.Sequence} at position {books.Entries}");
        if (entry.BalanceAfter != books.Balance || books.Balance < 0) Find($"{account}: entry {entry.Sequence} says {entry.BalanceAfter}, the sum is {books.Balance}");
        if (entry.Draws.Sum(draw => draw.Credits) != Math.Abs(entry.Credits)) Find($"{account}: the draws of entry {entry.Sequence} are not its credits");

        var sign = Math.Sign(entry.Credits);
        foreach (var draw in entry.Draws)
        {
            if (sign > 0 && !books.Batches.ContainsKey(draw.BatchId)) books.Batches[draw.BatchId] = new() { Ends = entry.Detail?.ExpiresAt ?? DateTimeOffset.MinValue, Purchase = entry.Detail?.PurchaseId };
            var batch = books.Batches[draw.BatchId];
            batch.Left += sign * draw.Credits;
            if (entry.Kind == EntryKind.Revoke && batch.Purchase != entry.Detail!.PurchaseId) Find($"{account}: entry {entry.Sequence} takes credits of {batch.Purchase}");
            if (batch.Left < 0) Find($"{account}: batch {draw.BatchId} has {batch.Left} after entry {entry.Sequence}");
            if (entry.Kind == EntryKind.Debit && batch.Ends <= entry.At) Find($"{account}: entry {entry.Sequence} spends credits that ended at {batch.Ends}");
        }

        switch (entry.Kind)
        {
            case EntryKind.Grant when entry.Detail!.PurchaseId is { } bought:
                books.Bought.Add((bought, entry.Credits, entry.Detail.Paid ?? 0));
                if (entry.Detail.Source == GrantSource.Purchase) books.Cures.Add(world.Now);
                if (entry.Detail.Source == GrantSource.AutoTopUp) books.Spent[Month(entry.At)] = books.Spent.GetValueOrDefault(Month(entry.At)) + (entry.Detail.Paid ?? 0);
                if (books.InFlight == bought) books.InFlight = null;
                break;
            case EntryKind.Debit:
                books.Debits[entry.OperationId] = -entry.Credits;
                var last = entry.Draws.Max(draw => books.Batches[draw.BatchId].Ends);
                if (books.Batches.Values.Any(batch => batch.Left > 0 && batch.Ends < last)) Find($"{account}: entry {entry.Sequence} passed over credits that end earlier");
                break;
            case EntryKind.Revoke when entry.Reverses == 0:
                books.Claims[entry.Sequence] = new() { Purchase = entry.Detail!.PurchaseId!, Asked = -entry.Credits + (entry.Detail.Shortfall ?? 0), Taken = -entry.Credits };
                break;
            case EntryKind.Revoke:
                books.Claims[entry.Reverses].Taken -= entry.Credits;
                if (books.Claims[entry.Reverses].Taken > books.Claims[entry.Reverses].Asked) Find($"{account}: entry {entry.Sequence} takes more than was asked for");
                break;
            case EntryKind.Restore:
                var claim = books.Claims[entry.Reverses];
                if (claim.Undone || claim.Taken != entry.Credits) Find($"{account}: entry {entry.Sequence} gives back {entry.Credits} of {claim.Taken}");
                claim.Undone = true;
                break;
            case EntryKind.TopUpStarted:
                if (books.InFlight is not null) Find($"{account}: entry {entry.Sequence} starts a second top-up");
                if (!books.Enabled || books.Balance >= books.Threshold) Find($"{account}: entry {entry.Sequence} starts a top-up at {books.Balance} of {books.Threshold}, on: {books.Enabled}");
                if (books.NeedsOperator) Find($"{account}: entry {entry.Sequence} starts a top-up that an operator had to allow");
                books.InFlight = entry.Detail!.PurchaseId;
                books.Starts[$"{account}/{entry.Detail.PurchaseId}"] = entry.At;
                break;
            case EntryKind.AutoTopUpSuspended:
                if (entry.Detail!.PurchaseId is { } failed && failed == books.InFlight) books.InFlight = null;
                books.Stops.Add(entry.OperationId);
                if (entry.Detail.Suspended is SuspensionReason.Dispute or SuspensionReason.EarlyFraudWarning or SuspensionReason.NeedsReview) books.NeedsOperator = true;
                break;
            case EntryKind.AutoTopUpResumed:
                if (books.NeedsOperator && books.OperatorResumed == 0) Find($"{account}: entry {entry.Sequence} resumes what only an operator may");
                books.NeedsOperator = false;
                break;
            case EntryKind.AutoTopUpSet:
                (books.Enabled, books.Threshold) = (entry.Detail!.Settings!.Enabled, entry.Detail.Settings.Threshold);
                books.Cap(Month(entry.At), entry.Detail.Settings.MonthlyCap);
                break;
        }
    }

    private void Find(string finding)
    {
        if (Findings.Count < 20) Findings.Add(finding);
    }

    private static int Month(DateTimeOffset at) => (at.Year * 12) + at.Month;

    private sealed class Batch
    {
        public required DateTimeOffset Ends { get; init; }

        public required string? Purchase { get; init; }

        public long Left { get; set; }
    }

    private sealed class Claim
    {
        public required string Purchase { get; init; }

        public required long Asked { get; init; }

        public long Taken { get; set; }

        public bool Undone { get; set; }
    }

    private sealed class Books
    {
        public long Entries { get; set; }

        public long Balance { get; set; }

        public Dictionary<long, Batch> Batches { get; } = [];

        public List<(string Purchase, long Credits, long Paid)> Bought { get; } = [];

        public Dictionary<string, long> Debits { get; } = [];

        public Dictionary<string, long> Answers { get; } = [];

        public Dictionary<long, Claim> Claims { get; } = [];

        public List<DateTimeOffset> Cures { get; } = [];

        public Dictionary<string, DateTimeOffset> Starts { get; } = [];

        public HashSet<string> Stops { get; } = [];

        public Dictionary<int, long> Spent { get; } = [];

        public int OperatorResumed { get; set; }

        public string? InFlight { get; set; }

        public bool Enabled { get; set; }

        public bool NeedsOperator { get; set; }

        public long Threshold { get; set; }

        public DateTimeOffset StartOf(string purchaseKey) => Starts.GetValueOrDefault(purchaseKey);

        /// <summary>The highest cap that was in force in a month, or null when none was for a while.</summary>
        public long? CapOf(int month)
        {
            var inForce = _caps.Where(cap => cap.Month == month).Select(cap => cap.Cap).ToList();
            if (_caps.FindLast(cap => cap.Month < month) is { } before) inForce.Add(before.Cap);
            return inForce.Count == 0 || inForce.Contains(null) ? null : inForce.Max();
        }

        /// <summary>A cap is in force from now on; null for none.</summary>
        public void Cap(int month, long? cap) => _caps.Add(new(month, cap));

        private readonly List<CapFrom> _caps = [];

        private sealed record CapFrom(int Month, long? Cap);
    }
}
