using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Storage;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Timers;

namespace Connect.Grains.Accounts;

/// <summary>
/// One account, in memory: decide, append to the ledger, answer when it is durable. Calls interleave, so many commands share one write. After any append whose fate is not known the
/// activation ends, and the next one reads the ledger.
/// </summary>
[Reentrant]
public sealed partial class AccountGrain(
    [PersistentState("account-snapshot", "grains")] IPersistentState<AccountSnapshot> snapshot,
    LedgerWriter writer,
    ILedgerStore store,
    TimeProvider time,
    ILogger<AccountGrain> log) : Grain, IAccountGrain, IRemindable, IDisposable
{
    private const int SnapshotEvery = 500;
    private const int ReadSlice = 5_000;
    private const int CheckedAtOnce = 10_000;
    private const int MaxAttempts = 5;
    private const string ReminderName = "account";
    private static readonly TimeSpan SnapshotAtMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookUpFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReminderSoonest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TopUpCheckAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TopUpCheckAtLeastEvery = TimeSpan.FromDays(1);

    private readonly RecentOperations _recent = new();
    private readonly SemaphoreSlim _reversals = new(1);
    private readonly SemaphoreSlim _arming = new(1);
    private readonly SharedRun _reloading = new();
    private AccountState _state = AccountState.None;
    private LedgerSession _session = null!;
    private bool _broken;
    private long? _repeatSeenAt;
    private long _tailAtActivation;
    private Task _snapshotting = Task.CompletedTask;
    private long _snapshotTakenAt;
    private DateTimeOffset? _reminderDueAt;
    private bool _reminderKnown;

    private string AccountId => this.GetPrimaryKeyString();

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Load(cancellationToken);
        _tailAtActivation = _state.Sequence - SnapshotSequence;
        _snapshotTakenAt = time.GetTimestamp();
        StartTopUpInFlight();
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _snapshotting;
        if (!_broken && _state.Sequence > SnapshotSequence) await TakeSnapshot(_state);
    }

    /// <inheritdoc />
    public Task<PostResult> Open(OpenAccount command) => Post(command);

    /// <inheritdoc />
    public async Task<PostResult> Grant(Grant command)
    {
        var result = await Post(command);
        if (result.Holds) await ArmReminder();
        return result;
    }

    /// <inheritdoc />
    public Task<PostResult> Debit(Debit command) => Post(command);

    /// <inheritdoc />
    public Task<PostResult> DebitRecipients(DebitRecipients command) => Post(command);

    /// <inheritdoc />
    public Task<PostResult> Reverse(Reverse command) => PostAbout(command, command.DebitOperationId);

    /// <inheritdoc />
    public Task<PostResult> Revoke(RevokeCredits command) => PostAbout(command, PurchaseKeys.Grant(command.PurchaseId));

    /// <inheritdoc />
    public async Task<PostResult> Restore(RestoreCredits command)
    {
        var result = await PostAbout(command, command.RevokeOperationId);
        if (result.Holds) await ArmReminder();
        return result;
    }

    /// <inheritdoc />
    public Task<PostResult> Void(VoidBatch command) => Post(command);

    /// <inheritdoc />
    public async Task<PostResult> SetAutoTopUp(SetAutoTopUp command)
    {
        var price = command.Settings.Enabled ? await GrainFactory.GetGrain<IPricingGrain>(0).Price(command.Settings.Credits) : null;
        return AutoTopUpRules.Misfit(command.Settings, price) is { } misfit
            ? new PostResult { Outcome = PostOutcome.InvalidSettings, Misfit = misfit, Available = _state.Available }
            : await Post(command);
    }

    /// <inheritdoc />
    public async Task<PostResult> SuspendAutoTopUp(SuspendAutoTopUp command)
    {
        var result = await Post(command);
        if (result.Holds) await ArmReminder();
        return result;
    }

    /// <inheritdoc />
    public Task<PostResult> StopAutoTopUp(StopAutoTopUp command) => Post(command);

    /// <inheritdoc />
    public Task<PostResult> ResumeAutoTopUp(ResumeAutoTopUp command) => Post(command);

    /// <inheritdoc />
    public async Task<CreditsView> GetCredits()
    {
        var (state, now) = await Settled();
        return View(state, now);
    }

    /// <inheritdoc />
    public async Task<LedgerPage> ReadLedger(long after, int limit)
    {
        await Settled();
        var size = Math.Clamp(limit, 1, 1_000);
        var entries = await store.Read(AccountId, Math.Max(0, after), size + 1, CancellationToken.None);
        var page = entries.Length > size ? entries[..size] : entries;
        return new LedgerPage { Entries = [.. page.Select(LedgerReport.View)], NextCursor = entries.Length > size ? page[^1].Sequence : null };
    }

    /// <inheritdoc />
    public async Task<CheckPart> CheckOn(LedgerSums sums)
    {
        var (state, _) = await Settled();
        var report = new LedgerReport(sums);
        var until = Math.Min(state.Sequence, sums.Entries + CheckedAtOnce);
        while (report.Entries < until)
        {
            var slice = await store.Read(AccountId, report.Entries, (int)Math.Min(ReadSlice, until - report.Entries), CancellationToken.None);
            if (slice.IsEmpty) return new CheckPart { Sums = report.Sums, Result = report.Compare(AccountId, state) };
            foreach (var entry in slice) report.Add(entry);
        }

        return new CheckPart { Sums = report.Sums, Result = until < state.Sequence ? null : report.Compare(AccountId, state) };
    }

    /// <inheritdoc />
    public async Task<AccountInspection> Inspect()
    {
        var (state, now) = await Settled();
        return new AccountInspection
        {
            Credits = View(state, now),
            SnapshotSequence = SnapshotSequence,
            TailEntriesAtActivation = _tailAtActivation,
            Silo = this.RuntimeIdentity,
            ReminderDueAt = _reminderDueAt,
        };
    }

    /// <summary>Posts what is due. Harmless when early, late or repeated: the entries carry the batch's own instant and id.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await Settled();
        StartTopUpInFlight();
        _reminderKnown = false;
        await ArmReminder();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reversals.Dispose();
        _arming.Dispose();
    }

    private AccountState SnapshotState => snapshot.State is { Layout: AccountSnapshot.CurrentLayout, State: { } state } ? state : AccountState.None;

    private bool LooksUpFirst => _repeatSeenAt is { } seen && time.GetElapsedTime(seen) < LookUpFor;

    private long SnapshotSequence => SnapshotState.Sequence;

    private async Task<PostResult> PostAbout(AccountCommand command, string earlierOperationId)
    {
        // One at a time: what is already given back is read from the ledger, so the one before must be in it.
        await _reversals.WaitAsync();
        try
        {
            await Settled();
            var about = AccountDecider.IsOperationId(earlierOperationId) ? await store.Find(AccountId, earlierOperationId, CancellationToken.None) : null;
            var reversed = about is null ? 0 : await store.SumReversed(AccountId, about.Sequence, CancellationToken.None);
            return await Post(command, about, reversed);
        }
        finally
        {
            _reversals.Release();
        }
    }

    private async Task<PostResult> Post(AccountCommand command, LedgerEntry? about = null, long alreadyReversed = 0)
    {
        var operationId = command.OperationId ?? "";
        var digest = RecentOperations.Digest(operationId);
        var refused = false;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await Ready();
            // On the ordinary path the unique key of the ledger does the looking up; a refusal never gets there.
            LedgerEntry? posted = null;
            var seen = _recent.MayHold(digest);
            var looksUp = seen || LooksUpFirst || refused;
            if (looksUp && AccountDecider.IsOperationId(operationId))
            {
                // The first of two may still be on its way.
                if (!await Durable()) continue;
                posted = await store.Find(AccountId, operationId, CancellationToken.None);
                await Ready();
                if (posted is null && !seen && _recent.MayHold(digest)) continue;
            }

            var decision = AccountDecider.Decide(_state, command, new DecisionContext
            {
                Now = time.GetUtcNow(),
                Posted = posted,
                About = about,
                AlreadyReversed = alreadyReversed,
            });
            if (!looksUp && !decision.Result.Holds)
            {
                // What it asks for may be gone because it was posted before, and its answer lost: then that answer is to be given again.
                refused = true;
                continue;
            }

            if (decision.Entries.IsEmpty)
            {
                if (await Durable()) return decision.Result;
                continue;
            }

            if (await TryCommit(decision, digest)) return decision.Result;
        }

        throw new AccountUnavailableException($"Account {AccountId} could not settle an operation; repeat it.");
    }

    /// <summary>The state with everything posted that time has brought, durable, and the time of it.</summary>
    private async Task<(AccountState State, DateTimeOffset Now)> Settled()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await Ready();
            var now = time.GetUtcNow();
            var decision = AccountDecider.Tick(_state, now);
            if (decision.Entries.IsEmpty ? await Durable() : await TryCommit(decision)) return (decision.State, now);
        }

        throw new AccountUnavailableException($"Account {AccountId} could not be read; try again.");
    }

    /// <summary>Appends the decision's entries and waits until they are durable. False when the account had to be read anew: then decide again.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryCommit(Decision decision, long? digest = null)
    {
        _state = decision.State;
        if (digest is { } operation) _recent.Add(operation);
        if (!await Stored(_session, _session.Append(decision.Entries))) return false;
        await AfterCommit(decision);
        return true;
    }

    /// <summary>Waits until everything decided so far is durable, so that nothing is told that may not hold. False as above.</summary>
    private ValueTask<bool> Durable() => Stored(_session, _session.Durable);

    /// <summary>False when an operation was in the ledger already; the account has then been read anew, once for all who wait. Throws when the fate of the append is unknown.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> Stored(LedgerSession session, Task append)
    {
        try
        {
            await append;
            return true;
        }
        catch (LedgerConflictException conflict) when (conflict.Conflict == LedgerConflict.OperationId)
        {
            if (ReferenceEquals(session, _session)) await _reloading.Run(Reload);
            return false;
        }
        catch (Exception error)
        {
            throw Break(error);
        }
    }

    private async ValueTask AfterCommit(Decision decision)
    {
        if (decision.State.Sequence - SnapshotSequence >= SnapshotEvery && _snapshotting.IsCompleted && time.GetElapsedTime(_snapshotTakenAt) >= SnapshotAtMostEvery)
            _snapshotting = TakeSnapshot(decision.State);

        foreach (var entry in decision.Entries)
        {
            if (entry.Kind != EntryKind.TopUpStarted) continue;
            StartTopUpInFlight();
            // Before the answer: should this silo die now, the reminder starts the purchase.
            try
            {
                await ArmReminder();
            }
            catch (AccountUnavailableException)
            {
                // The debit holds; the next activation starts the purchase as well.
            }
        }
    }

    private async Task Ready()
    {
        if (_reloading.UnderWay is { } reloading) await reloading;
        if (_broken) throw new AccountUnavailableException($"Account {AccountId} is being reloaded; repeat the call.");
    }

    private AccountUnavailableException Break(Exception error)
    {
        if (!_broken) LogBroken(error, AccountId);
        _broken = true;
        DeactivateOnIdle();
        return new AccountUnavailableException($"Account {AccountId}: the write may or may not have been stored. Repeat the call with the same operation id.");
    }

    private async Task Reload()
    {
        try
        {
            await Load(CancellationToken.None);
            // Where one old operation is repeated, others follow (a caller that restarts repeats all of its own).
            _repeatSeenAt = time.GetTimestamp();
        }
        catch (Exception error)
        {
            throw Break(error);
        }
    }

    private async Task Load(CancellationToken cancellationToken)
    {
        _recent.Clear();
        var state = SnapshotState;
        if (state.Sequence > 0)
        {
            // A ledger that lacks the snapshot's own entry was restored from an older copy: only the ledger counts.
            var own = await store.Read(AccountId, state.Sequence - 1, 1, cancellationToken);
            if (own.IsEmpty || own[0].Sequence != state.Sequence || own[0].BalanceAfter != state.Available) state = AccountState.None;
        }

        ImmutableArray<LedgerEntry> slice;
        do
        {
            slice = await store.Read(AccountId, state.Sequence, ReadSlice, cancellationToken);
            foreach (var entry in slice) state = state.Apply(entry);
        }
        while (slice.Length == ReadSlice);

        _state = state;
        _session = writer.OpenSession(AccountId);
    }

    private async Task TakeSnapshot(AccountState state)
    {
        try
        {
            snapshot.State = new AccountSnapshot { Layout = AccountSnapshot.CurrentLayout, State = state };
            await snapshot.WriteStateAsync();
        }
        catch (Exception error)
        {
            // It only costs: the next activation reads more of the ledger.
            LogSnapshotFailed(error, AccountId);
            await ((Task)snapshot.ReadStateAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _snapshotTakenAt = time.GetTimestamp();
    }

    private void StartTopUpInFlight()
    {
        if (_state.AutoTopUp.InFlight is not { } purchaseId) return;
        var order = new TopUpOrder { Credits = _state.AutoTopUp.Settings.Credits, SpendLimit = AutoTopUpRules.SpendLimit(_state.AutoTopUp, time.GetUtcNow()) };
        Start(GrainFactory.GetGrain<IPurchaseGrain>($"{AccountId}/{purchaseId}"), order).Ignore();

        async Task Start(IPurchaseGrain purchase, TopUpOrder topUp)
        {
            try
            {
                await purchase.StartTopUp(topUp);
            }
            catch (Exception error)
            {
                LogTopUpStartFailed(error, AccountId, purchaseId);
            }
        }
    }

    /// <summary>One reminder an account: when time alone changes something next, or soon while a top-up is in flight, or none.</summary>
    private async Task ArmReminder()
    {
        await _arming.WaitAsync();
        try
        {
            var now = time.GetUtcNow();
            var due = _state.AutoTopUp.InFlight is not null ? NextTopUpCheck(now) : AccountDecider.NextTick(_state, now);
            if (_reminderKnown && due == _reminderDueAt) return;

            if (due is { } at)
            {
                var wait = at - now;
                await this.RegisterOrUpdateReminder(ReminderName, wait > ReminderSoonest ? wait : ReminderSoonest, ReminderPeriod);
            }
            else if (await this.GetReminder(ReminderName) is { } reminder)
            {
                await this.UnregisterReminder(reminder);
            }

            (_reminderKnown, _reminderDueAt) = (true, due);
        }
        catch (Exception error)
        {
            _reminderKnown = false;
            LogReminderFailed(error, AccountId);
            throw new AccountUnavailableException($"Account {AccountId}: its reminder could not be set. Repeat the call with the same operation id.");
        }
        finally
        {
            _arming.Release();
        }
    }

    // As long again as the top-up has taken: its purchase has a reminder of its own, so this one only makes sure that it was started.
    private DateTimeOffset NextTopUpCheck(DateTimeOffset now)
    {
        var taken = now - (_state.AutoTopUp.LastAttemptAt ?? now);
        return now + (taken < TopUpCheckAfter ? TopUpCheckAfter : taken < TopUpCheckAtLeastEvery ? taken : TopUpCheckAtLeastEvery);
    }

    private static CreditsView View(AccountState state, DateTimeOffset now) => new()
    {
        Available = state.Available,
        Batches =
        [
            .. state.Live.Select(batch => new BatchView
            {
                Id = batch.Id,
                Source = batch.Source,
                Granted = batch.Granted,
                Remaining = batch.Remaining,
                GrantedAt = batch.GrantedAt,
                ExpiresAt = batch.ExpiresAt,
            }),
        ],
        AutoTopUp = AutoTopUpRules.View(state, now),
        AsOf = now,
        Sequence = state.Sequence,
        Totals = state.Totals,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} ends its activation after a failed append; the next one reads the ledger.")]
    private partial void LogBroken(Exception error, string accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of account {AccountId} was not stored; its next activation reads more of the ledger.")]
    private partial void LogSnapshotFailed(Exception error, string accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Purchase {PurchaseId} of account {AccountId} could not be started; the reminder tries again.")]
    private partial void LogTopUpStartFailed(Exception error, string accountId, string purchaseId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reminder of account {AccountId} was not set.")]
    private partial void LogReminderFailed(Exception error, string accountId);
}
