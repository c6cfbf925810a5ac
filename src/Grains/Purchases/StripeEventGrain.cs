using Connect.Accounts;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>
/// Keeps one event of Stripe and prompts whom it concerns, again and again with growing pauses until that was possible. The work runs in a grain timer; a reminder carries it over crashes
/// and later clears the row. Calls interleave, so that a repeated delivery is answered while the work waits for Stripe.
/// </summary>
[Reentrant]
public sealed class StripeEventGrain : Grain, IStripeEventGrain, IRemindable, IDisposable
{
    /// <summary>How long an event is remembered, so that its repetitions do nothing; also how long one that can not be worked on is tried.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(35);

    private const string ReminderName = "event";
    private static readonly TimeSpan s_workPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_forgetPeriod = TimeSpan.FromHours(1);

    private readonly IPersistentState<StoredStripeEvent> _stored;
    private readonly IStripeGateway _stripe;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private StripeEventView? _durable;
    private IGrainTimer? _timer;
    private int _failures;
    private bool _working;
    private bool _lost;

    /// <summary>Made by Orleans.</summary>
    public StripeEventGrain(
        [PersistentState("stripe-event", "grains")] IPersistentState<StoredStripeEvent> stored, IStripeGateway stripe, TimeProvider clock, ILogger<StripeEventGrain> logger) =>
        (_stored, _stripe, _clock, _logger) = (stored, stripe, clock, logger);

    private string EventId => this.GetPrimaryKeyString();

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = _stored.State.Current;
        if (_durable is { DoneAt: null }) Wake(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task Receive(StripeNotice notice)
    {
        await _gate.WaitAsync();
        try
        {
            if (_lost) throw new AccountUnavailableException($"Event {EventId} is reloading; send it again.");
            if (_durable is not null) return;

            // The reminder comes first: without it a crash after the save would leave nobody to go on.
            await this.RegisterOrUpdateReminder(ReminderName, s_workPeriod, s_workPeriod);
            await Save(new StripeEventView { Notice = notice, ReceivedAt = _clock.GetUtcNow() });
            Wake(TimeSpan.Zero);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public Task<StripeEventView?> Get() => Task.FromResult(_durable);

    /// <inheritdoc />
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_durable is { } kept && _clock.GetUtcNow() >= kept.ReceivedAt + Kept)
        {
            if (kept.DoneAt is null) _logger.LogError("Event {Event} ({Type}) could not be worked on for {Days} days and is given up.", EventId, kept.Notice.Type, Kept.Days);
            await Store(null, _stored.ClearStateAsync);
        }

        if (_durable is null)
        {
            if (await this.GetReminder(ReminderName) is { } reminder) await this.UnregisterReminder(reminder);
        }
        else if (_durable.DoneAt is null) await Work(CancellationToken.None);
        else await RemindToForget(_durable);
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task Work(CancellationToken cancellationToken)
    {
        if (_working || _lost || _durable is not { DoneAt: null } kept) return;

        _working = true;
        try
        {
            var handled = await Handled(kept.Notice);
            // Given up and forgotten while Stripe was asked: it must not come back.
            if (_durable is null) return;
            if (!handled)
            {
                Wake(PurchaseDecider.PauseAfter(++_failures));
                return;
            }

            // A crash in between leaves the busy reminder, which then finds the work done.
            await Save(kept with { DoneAt = _clock.GetUtcNow() });
            await RemindToForget(kept);
        }
        finally
        {
            _working = false;
        }
    }

    private async Task<bool> Handled(StripeNotice notice)
    {
        try
        {
            if (PurchaseKeys.IsKey(notice.PurchaseKey)) return await GrainFactory.GetGrain<IPurchaseGrain>(notice.PurchaseKey!).Prompt();
            if (notice.PaymentId is not null)
                return await With(_stripe.FindPurchase(notice.PaymentId), PurchaseKeys.IsKey, key => GrainFactory.GetGrain<IPurchaseGrain>(key).Prompt());
            if (notice.CustomerId is not null)
                return await With(_stripe.FindAccount(notice.CustomerId), PurchaseKeys.IsId, account => Prompt(GrainFactory.GetGrain<ICardsGrain>(account), notice));
            return true;
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "Event {Event} ({Type}) could not be worked on yet and is tried again.", EventId, notice.Type);
            return false;
        }
    }

    // What names nothing of ours, or nothing at all, is done with.
    private static async Task<bool> With(Task<StripeAnswer<string?>> asked, Predicate<string?> isOurs, Func<string, Task<bool>> prompt)
    {
        var answer = await asked;
        if (answer.Problem is { } problem) return problem.Kind != ProblemKind.Technical;
        return !isOurs(answer.Value) || await prompt(answer.Value!);
    }

    private static async Task<bool> Prompt(ICardsGrain cards, StripeNotice notice)
    {
        if (notice.SetupId is not null) await cards.CompleteSetup(notice.SetupId);
        if (notice.CardId is not null) await cards.Refresh(notice.CardId);
        return true;
    }

    private Task<IGrainReminder> RemindToForget(StripeEventView kept)
    {
        var due = kept.ReceivedAt + Kept - _clock.GetUtcNow();
        return this.RegisterOrUpdateReminder(ReminderName, due > s_workPeriod ? due : s_workPeriod, s_forgetPeriod);
    }

    private Task Save(StripeEventView next)
    {
        _stored.State = new StoredStripeEvent { Current = next };
        return Store(next, _stored.WriteStateAsync);
    }

    private async Task Store(StripeEventView? next, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            // It may have landed: only storage knows, so the next activation reads it. Stripe sends it again, and the reminder brings an activation too.
            _lost = true;
            DeactivateOnIdle();
            throw new AccountUnavailableException($"Event {EventId} could not be saved.", exception);
        }

        _durable = next;
    }

    private void Wake(TimeSpan due)
    {
        if (_timer is null) _timer = this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        else _timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
