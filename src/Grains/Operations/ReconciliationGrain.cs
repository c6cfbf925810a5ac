using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Operations.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Operations;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Operations;

/// <summary>
/// Runs reconciliations, a page at a time, in a grain timer. Progress is saved with every page that is not the last, so that a crash goes on from there; the
/// hourly reminder brings it back.
/// </summary>
[Reentrant]
public sealed class ReconciliationGrain : Grain, IReconciliationGrain, IRemindable, IDisposable
{
    private const string ReminderName = "reconcile";
    private const int Page = 100;
    private const int AtOnce = 16;
    private const int MaxFailures = 3;
    private const int MaxRounds = 3;
    private const int MaxVerified = 20_000;
    private static readonly TimeSpan s_firstDue = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_roundPause = TimeSpan.FromSeconds(2);

    // Below the time-out of a call: a longer run goes on by itself.
    private static readonly TimeSpan s_reminderWait = TimeSpan.FromSeconds(15);

    private readonly IPersistentState<ReconciliationState> _stored;
    private readonly IStripeGateway _stripe;
    private readonly ILedgerStore _ledger;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    // Purchases whose charge this activation has compared in this run, so that their grants need no question to Stripe. Bounded; what is missing is asked.
    private readonly HashSet<string> _verified = [];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ReconciliationState _durable = new();
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IGrainTimer? _timer;
    private bool _working;
    private bool _lost;

    /// <summary>Made by Orleans.</summary>
    public ReconciliationGrain(
        [PersistentState("reconciliation", "grains")] IPersistentState<ReconciliationState> stored, IStripeGateway stripe, ILedgerStore ledger, TimeProvider clock,
        ILogger<ReconciliationGrain> logger) => (_stored, _stripe, _ledger, _clock, _logger) = (stored, stripe, ledger, clock, logger);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = _stored.State;
        if (_durable.Run is not null || _durable.Reports.Any(report => report.Status == ReconciliationStatus.Queued)) Wake(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Ensure() => this.RegisterOrUpdateReminder(ReminderName, s_firstDue, s_period);

    /// <inheritdoc/>
    public async Task<string> Start(string actor)
    {
        ThrowIfLost();
        var id = "";
        await Change(state =>
        {
            var queued = ReconciliationReports.Queue(state, ReconciliationKind.OnDemand, actor, _clock.GetUtcNow());
            id = ReconciliationReports.OnDemand(queued)!.Id;
            return queued;
        });
        Wake(TimeSpan.Zero);
        return id;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<ReconciliationReport>> List()
    {
        ThrowIfLost();
        return Task.FromResult(_durable.Reports);
    }

    /// <inheritdoc/>
    public Task<ReconciliationReport?> Get(string id)
    {
        ThrowIfLost();
        return Task.FromResult(_durable.Reports.FirstOrDefault(report => report.Id == id));
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        ThrowIfLost();
        await LookAfterTopUps();
        if (_durable.Run is null)
        {
            var now = _clock.GetUtcNow();
            await Change(state => ReconciliationReports.Queue(state, ReconciliationReports.Due(state, now), "reminder", now));
        }

        // Lost meanwhile: nothing would end the wait.
        ThrowIfLost();
        var ended = _ended.Task;
        Wake(TimeSpan.Zero);
        await Task.WhenAny(ended, Task.Delay(s_reminderWait, _clock));
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    // A silo may die after it has posted that a top-up started and before its account has a reminder. Whoever asks such an account makes it go on; here somebody always does.
    private async Task LookAfterTopUps()
    {
        try
        {
            var since = _clock.GetUtcNow() - ReconciliationRules.TopUpsWindow;
            for (var after = ""; await _ledger.ListTopUps(since, after, Page, CancellationToken.None) is { IsEmpty: false } accounts; after = accounts[^1])
                foreach (var some in accounts.Chunk(AtOnce)) await Task.WhenAll(some.Select(LookAfterTopUp));
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "The top-ups in flight could not all be looked after; the next hour tries again.");
        }
    }

    // One account that does not answer keeps none of those behind it from its turn.
    private async Task LookAfterTopUp(string account)
    {
        try
        {
            await GrainFactory.GetGrain<IAccountGrain>(account).GetCredits();
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "The top-up of account {Account} could not be looked after; the next hour tries again.", account);
        }
    }

    private async Task Work(CancellationToken cancellationToken)
    {
        if (_working || _lost) return;

        _working = true;
        try
        {
            while (await Begun() is { } run)
            {
                var next = await Step(run);
                if (next is { } pause)
                {
                    Wake(pause);
                    return;
                }
            }
        }
        finally
        {
            _working = false;
        }
    }

    // The run under way, or the queued one, begun.
    private async Task<RunProgress?> Begun()
    {
        var now = _clock.GetUtcNow();
        if (_durable.Run is { } interrupted && now - (interrupted.SavedAt ?? ReconciliationReports.Report(_durable, interrupted.ReportId).StartedAt) > ReconciliationReports.LongestInterruption)
            await End(ReconciliationStatus.Abandoned, "It was interrupted and not taken up again in time.");
        if (_durable.Run is null)
        {
            _verified.Clear();
            await Change(state => ReconciliationReports.Begin(state, now));
        }

        return _durable.Run;
    }

    // Goes on until the run has ended, something is worth saving, or it must pause; answers the pause.
    private async Task<TimeSpan?> Step(RunProgress run)
    {
        var slice = new Slice(run, ReconciliationReports.Report(_durable, run.ReportId));
        try
        {
            do
            {
                await Take(slice);
            }
            while (!slice.Worth && !slice.Done && !slice.Paused);
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "Reconciliation {Id} could not go on at {Stage}.", run.ReportId, run.Stage);
            if (run.Failures + 1 >= MaxFailures)
            {
                await End(ReconciliationStatus.Failed, $"{slice.Run.Stage}: {exception.Message}");
                return null;
            }

            await Save(_durable with { Run = run with { Failures = run.Failures + 1 } });
            return TimeSpan.FromSeconds(1 << run.Failures);
        }

        var report = slice.Report;
        var reported = ReconciliationReports.With(_durable with { Run = slice.Run with { Failures = 0, SavedAt = _clock.GetUtcNow() } }, report.Id, _ => report);
        if (slice.Done)
        {
            await Finish(reported, report);
            return null;
        }

        await Save(reported);
        return slice.Paused ? s_roundPause : null;
    }

    private async Task Finish(ReconciliationState reported, ReconciliationReport report)
    {
        foreach (var finding in report.Accounts?.Findings ?? []) _logger.LogError("Reconciliation {Id}: account {Account}: {Words}", report.Id, finding.AccountId, string.Join(" ", finding.Messages));
        foreach (var finding in report.Findings) _logger.LogError("Reconciliation {Id}: {Kind}: {Words}", report.Id, finding.Kind, finding.Words);
        _logger.LogInformation("Reconciliation {Id} compared {Intents} intents and {Grants} grants: {Healed} purchases healed, {Findings} findings.",
            report.Id, report.Intents, report.Grants, report.Healed, report.FindingCount);
        await Save(ReconciliationReports.End(reported, ReconciliationStatus.Completed, null, _clock.GetUtcNow()));
        Ended();
    }

    private async Task End(ReconciliationStatus status, string failure)
    {
        _logger.LogError("Reconciliation {Id} is {Status}: {Failure}", _durable.Run?.ReportId, status, failure);
        await Change(state => ReconciliationReports.End(state, status, failure, _clock.GetUtcNow()));
        Ended();
    }

    private void Ended()
    {
        var ended = _ended;
        _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ended.TrySetResult();
    }

    private Task Take(Slice slice) => slice.Run.Stage switch
    {
        RunStage.Intents => TakeIntents(slice),
        RunStage.Refunds => TakeRefunds(slice),
        RunStage.Disputes => TakeDisputes(slice),
        RunStage.Warnings => TakeWarnings(slice),
        RunStage.Grants => TakeGrants(slice),
        RunStage.Accounts => TakeAccounts(slice),
        _ => TakeAgain(slice),
    };

    private async Task TakeAccounts(Slice slice)
    {
        var ids = await _ledger.ListAccounts(slice.Run.After ?? "", Page, CancellationToken.None);
        await Check(slice, ids, lastRound: false);
        slice.Turn(ids.Length == Page, ids is [.., var last] ? last : null);
        if (slice.Run.Stage != RunStage.Accounts) slice.Report = ReconciliationReports.EndOfAccounts(slice.Report, slice.Run);

        // What comes next may fail for Stripe's sake: this is not to be lost with it.
        slice.Worth = true;
    }

    // One that does not answer is looked at once more at the end of the run, and then a finding.
    private async Task Check(Slice slice, IEnumerable<string> accounts, bool lastRound)
    {
        foreach (var some in accounts.Chunk(AtOnce))
        {
            foreach (var (id, check, error) in await Task.WhenAll(some.Select(Check)))
            {
                if (check is null && !lastRound)
                {
                    var run = slice.Run;
                    var suspect = new Suspect { Stage = RunStage.Accounts, AccountId = id, Kind = PaymentFindingKind.NotCompared, Words = error! };
                    if (ReconciliationReports.TrySuspect(ref run, suspect))
                    {
                        slice.Run = run;
                        continue;
                    }
                }

                slice.Report = ReconciliationReports.Check(slice.Report, id, check, error);
            }
        }
    }

    private async Task<(string Id, AccountCheck? Check, string? Error)> Check(string accountId)
    {
        try
        {
            return (accountId, await GrainFactory.GetGrain<IAccountGrain>(accountId).Check(), null);
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "Account {Account} could not be checked.", accountId);
            return (accountId, null, exception.Message);
        }
    }

    private async Task TakeIntents(Slice slice)
    {
        var page = Value(await _stripe.ListIntents(slice.Report.Since, slice.Run.After));
        var old = page.Items.Where(intent => intent.CreatedAt <= slice.Report.Until).ToList();
        slice.Report = slice.Report with { Intents = slice.Report.Intents + old.Count };
        var paid = old.Where(intent => intent.Status == IntentStatus.Succeeded).ToList();
        slice.Report = slice.Report with { PurchasesChecked = slice.Report.PurchasesChecked + paid.Count };
        await Compare(slice, paid.Select(intent => new Suspect
        {
            Stage = RunStage.Intents, IntentId = intent.Id, Purchase = ReconciliationRules.IsPurchaseKey(intent.PurchaseKey) ? intent.PurchaseKey : null,
            Kind = PaymentFindingKind.NotCompared, Words = "",
        }), paid.ToDictionary(intent => intent.Id));
        slice.Turn(page.HasMore, page.Items is [.., { } last] ? last.Id : null);
    }

    private async Task TakeRefunds(Slice slice)
    {
        var page = Value(await _stripe.ListRefundsSince(slice.Report.Since, slice.Run.After));
        var old = page.Items.Where(refund => refund.CreatedAt <= slice.Report.Until).ToList();
        slice.Report = slice.Report with { MoneyBack = slice.Report.MoneyBack + old.Count };
        await Compare(slice, old.Select(refund => OfMoneyBack(RunStage.Refunds, refund.Id, refund.IntentId, refund.PurchaseKey)));
        slice.Turn(page.HasMore, page.Items is [.., { } last] ? last.Id : null);
    }

    private async Task TakeDisputes(Slice slice)
    {
        var page = Value(await _stripe.ListDisputesSince(slice.Report.Since, slice.Run.After));
        var old = page.Items.Where(dispute => dispute.CreatedAt <= slice.Report.Until).ToList();
        slice.Report = slice.Report with { MoneyBack = slice.Report.MoneyBack + old.Count };
        await Compare(slice, old.Select(dispute => OfMoneyBack(RunStage.Disputes, dispute.Id, dispute.IntentId, null)));
        slice.Turn(page.HasMore, page.Items is [.., { } last] ? last.Id : null);
    }

    private async Task TakeWarnings(Slice slice)
    {
        var page = Value(await _stripe.ListEarlyFraudWarningsSince(slice.Report.Since, slice.Run.After));
        var old = page.Items.Where(warning => warning.CreatedAt <= slice.Report.Until).ToList();
        slice.Report = slice.Report with { MoneyBack = slice.Report.MoneyBack + old.Count };
        await Compare(slice, old.Select(warning => OfMoneyBack(RunStage.Warnings, warning.Id, warning.IntentId, null)));
        slice.Turn(page.HasMore, page.Items is [.., { } last] ? last.Id : null);
    }

    private static Suspect OfMoneyBack(RunStage stage, string id, string? intentId, string? purchase) => new()
    {
        Stage = stage, MoneyBackId = id, IntentId = intentId, Purchase = ReconciliationRules.IsPurchaseKey(purchase) ? purchase : null, Kind = PaymentFindingKind.NotCompared, Words = "",
    };

    private async Task TakeGrants(Slice slice)
    {
        var after = slice.Run.AfterGrant is { } cursor
            ? new BoughtGrant { AccountId = cursor.AccountId, Sequence = cursor.Sequence, At = cursor.At, PurchaseId = "", Credits = 0, Paid = 0 }
            : null;
        var page = await _ledger.ReadBought(slice.Report.Since, after, Page, CancellationToken.None);
        var old = page.Where(grant => grant.At <= slice.Report.Until).ToList();
        slice.Report = slice.Report with { Grants = slice.Report.Grants + old.Count };
        await Compare(slice, old.Where(grant => !_verified.Contains($"{grant.AccountId}/{grant.PurchaseId}")).Select(grant => new Suspect
        {
            Stage = RunStage.Grants, Purchase = $"{grant.AccountId}/{grant.PurchaseId}", Kind = PaymentFindingKind.NotCompared, Words = "",
        }));
        var last = page.Length == Page ? new GrantCursor { AccountId = page[^1].AccountId, Sequence = page[^1].Sequence, At = page[^1].At } : null;
        slice.Run = last is null ? slice.Run with { Stage = ReconciliationRules.After(slice.Run.Stage), AfterGrant = null } : slice.Run with { AfterGrant = last };
        slice.Worth |= last is not null;
    }

    private async Task TakeAgain(Slice slice)
    {
        if (slice.Run.Suspects.IsEmpty)
        {
            slice.Done = true;
            return;
        }

        var suspects = slice.Run.Suspects;
        var lastRound = slice.Run.Rounds + 1 >= MaxRounds;
        slice.Run = slice.Run with { Suspects = [], Rounds = slice.Run.Rounds + 1 };
        if (suspects.Any(suspect => suspect.Stage == RunStage.Accounts))
        {
            await Check(slice, suspects.Where(suspect => suspect.Stage == RunStage.Accounts).Select(suspect => suspect.AccountId!), lastRound);
            slice.Report = ReconciliationReports.EndOfAccounts(slice.Report, slice.Run);
        }

        await Compare(slice, suspects.Where(suspect => suspect.Stage != RunStage.Accounts), lastRound: lastRound, again: true);
        slice.Done = slice.Run.Suspects.IsEmpty;
        slice.Paused = !slice.Done;
    }

    private async Task Compare(Slice slice, IEnumerable<Suspect> all, Dictionary<string, IntentReading>? known = null, bool lastRound = false, bool again = false)
    {
        foreach (var some in all.Chunk(AtOnce))
        {
            foreach (var (suspect, healed) in await Task.WhenAll(some.Select(one => Look(one, one.IntentId is { } id ? known?.GetValueOrDefault(id) : null, again))))
            {
                if (healed is { } purchase) slice.Report = ReconciliationReports.Heal(slice.Report, purchase);
                if (suspect is { Healable: true } sick && !lastRound)
                {
                    var run = slice.Run;
                    if (ReconciliationReports.TrySuspect(ref run, sick.Suspect))
                    {
                        slice.Run = run;
                        continue;
                    }
                }

                if (suspect is { } wrong) slice.Report = ReconciliationReports.Find(slice.Report, wrong.Suspect);
            }
        }
    }

    // Compares one, and if a prompt may heal it, prompts and compares again. Answers what is still wrong, or the purchase that is healed.
    private async Task<((Suspect Suspect, bool Healable)? Wrong, string? Healed)> Look(Suspect one, IntentReading? listed, bool again)
    {
        try
        {
            var (verdict, purchase) = await VerdictOf(one, listed);
            var sick = verdict.MayHeal;
            if (sick && purchase is not null)
            {
                await Prompt(one, purchase);
                (verdict, purchase) = await VerdictOf(one, null);
            }

            if (verdict.Kind is { } kind) return ((one with { Purchase = purchase, Kind = kind, Words = verdict.Words }, verdict.MayHeal), null);
            if (one.Stage == RunStage.Intents && purchase is not null && _verified.Count < MaxVerified) _verified.Add(purchase);
            return (null, sick || again ? purchase : null);
        }
        catch (Exception exception) when (exception is not StripeAway)
        {
            _logger.LogWarning(exception, "{Stage} {Purchase} {Intent} could not be compared.", one.Stage, one.Purchase, one.IntentId);
            return ((one with { Kind = PaymentFindingKind.NotCompared, Words = $"It could not be compared: {exception.Message}" }, true), null);
        }
    }

    private async Task<(Verdict Verdict, string? Purchase)> VerdictOf(Suspect one, IntentReading? listed)
    {
        switch (one.Stage)
        {
            case RunStage.Intents:
                var intent = listed ?? Value(await _stripe.ReadIntent(one.IntentId!))!;
                return (ReconciliationRules.OfIntent(intent, await View(one.Purchase), await Granted(one.Purchase)), one.Purchase);
            case RunStage.Grants:
                return (await OfGrant(one.Purchase!), one.Purchase);
            default:
                var key = one.Purchase ?? (one.IntentId is { } id ? await PurchaseOf(id) : null);
                return (key is null ? Verdict.Fine : await OfMoneyBack(one, key), key);
        }
    }

    private async Task<Verdict> OfGrant(string key)
    {
        if (await Granted(key) is not { } grant) return Verdict.Fine;

        var purchase = await View(key);
        IntentReading? intent = null;
        if (purchase?.PaymentIntentId is { } id)
        {
            var read = await _stripe.ReadIntent(id);
            if (!read.Succeeded && read.Problem.Kind != ProblemKind.Refused) throw new StripeAway(read.Problem);
            intent = read.Value;
        }

        return ReconciliationRules.OfGrant(grant, purchase, intent);
    }

    private async Task<Verdict> OfMoneyBack(Suspect one, string key)
    {
        var purchase = await View(key);
        var known = await GrainFactory.GetGrain<IMoneyBackGrain>(key).Get();
        if (one.Stage == RunStage.Warnings)
            return ReconciliationRules.OfWarning(new() { Id = one.MoneyBackId!, IntentId = one.IntentId, CreatedAt = default }, key, purchase, known);

        if (one.Stage == RunStage.Refunds)
        {
            var refund = Value(await _stripe.ListRefunds(one.IntentId!)).FirstOrDefault(refund => refund.Id == one.MoneyBackId);
            return refund is null ? Verdict.Fine : ReconciliationRules.OfRefund(refund, key, purchase, known);
        }

        var dispute = Value(await _stripe.ListDisputes(one.IntentId!)).FirstOrDefault(dispute => dispute.Id == one.MoneyBackId);
        return dispute is null ? Verdict.Fine : ReconciliationRules.OfDispute(dispute, key, purchase, known);
    }

    // A payment of nobody is a finding of its own, by its intent.
    private async Task<string?> PurchaseOf(string intentId)
    {
        var found = await _stripe.FindPurchase(intentId);
        if (!found.Succeeded && found.Problem.Kind != ProblemKind.Refused) throw new StripeAway(found.Problem);
        return ReconciliationRules.IsPurchaseKey(found.Value) ? found.Value : null;
    }

    private async Task Prompt(Suspect one, string purchase)
    {
        if (one.Stage is RunStage.Intents) await GrainFactory.GetGrain<IPurchaseGrain>(purchase).Prompt();
        else await GrainFactory.GetGrain<IMoneyBackGrain>(purchase).Prompt();
    }

    private async Task<PurchaseView?> View(string? key) => key is null ? null : await GrainFactory.GetGrain<IPurchaseGrain>(key).Get();

    private async Task<BoughtGrant?> Granted(string? key)
    {
        if (key is null) return null;

        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return await _ledger.Find(key[..slash], PurchaseKeys.Grant(key[(slash + 1)..]), CancellationToken.None) is { } entry ? BoughtGrant.Of(key[..slash], entry) : null;
    }

    private static T Value<T>(StripeAnswer<T> answer) => answer.Succeeded ? answer.Value! : throw new StripeAway(answer.Problem);

    private async Task Change(Func<ReconciliationState, ReconciliationState> change)
    {
        await _gate.WaitAsync();
        try
        {
            var next = change(_durable);
            if (!ReferenceEquals(next, _durable)) await Write(next);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The run and its report are the work's alone; the queue may have grown meanwhile.
    private Task Save(ReconciliationState worked) => Change(state =>
    {
        var added = state.Reports.Where(report => worked.Reports.All(one => one.Id != report.Id));
        return worked with { Count = state.Count, Reports = [.. added, .. worked.Reports.Where(report => state.Reports.Any(one => one.Id == report.Id))] };
    });

    private async Task Write(ReconciliationState next)
    {
        ThrowIfLost();
        _stored.State = next;
        try
        {
            await _stored.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // It may have landed: only storage knows. The reminder brings an activation that reads it.
            _lost = true;
            Ended();
            DeactivateOnIdle();
            throw new AccountUnavailableException("The reconciliation could not be saved.", exception);
        }

        _durable = next;
    }

    private void Wake(TimeSpan due)
    {
        if (_timer is null) _timer = this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        else _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void ThrowIfLost()
    {
        if (_lost) throw new AccountUnavailableException("The reconciliation is reloading; ask again.");
    }

    // What one page changes, before it is saved.
    private sealed class Slice(RunProgress run, ReconciliationReport report)
    {
        public RunProgress Run { get; set; } = run;

        public ReconciliationReport Report { get; set; } = report;

        public bool Worth { get; set; }

        public bool Done { get; set; }

        public bool Paused { get; set; }

        public void Turn(bool hasMore, string? last)
        {
            var more = hasMore && last is not null;
            Run = more ? Run with { After = last } : Run with { Stage = ReconciliationRules.After(Run.Stage), After = null };
            Worth |= more;
        }
    }

    // Not the fault of what is compared: the run tries again or gives up.
    private sealed class StripeAway(StripeProblem problem) : Exception($"Stripe: {problem.Message}");
}
