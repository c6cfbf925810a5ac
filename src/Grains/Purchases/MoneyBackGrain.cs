using Connect.Accounts;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>
/// Hosts the money of one purchase that goes back: saves what <see cref="MoneyBackDecider"/> decides, makes the call, saves what was learned, and goes on. The
/// work runs in a grain
/// timer, so that calls are answered meanwhile; a reminder carries it over crashes until all is settled, and then, once a day, for as long as Stripe may still
/// change something.
/// </summary>
[Reentrant]
public sealed class MoneyBackGrain : Grain, IMoneyBackGrain, IRemindable, IDisposable
{
    /// <summary>How long an order or a prompt waits for the end before it is answered.</summary>
    public static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(5);

    private const string ReminderName = "money-back";
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_watchPeriod = TimeSpan.FromHours(1);

    private readonly IPersistentState<StoredMoneyBack> _stored;
    private readonly IStripeGateway _stripe;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _key;
    private readonly string _accountId;
    private readonly string _purchaseId;

    // Whoever changes the state decides on the latest one and saves it before the next one does.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private MoneyBackState? _durable;
    private MoneyBackState? _fresh;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IGrainTimer? _timer;
    private (TimeSpan Due, TimeSpan Period)? _reminder;

    // Prompts are numbered: a reading that began before a prompt does not answer it. One that can not be answered at once is saved before its caller is told.
    private long _prompts;
    private long _promptsRead;
    private bool _working;
    private bool _lost;

    /// <summary>Made by Orleans.</summary>
    public MoneyBackGrain(
        [PersistentState("money-back", "grains")] IPersistentState<StoredMoneyBack> stored, IStripeGateway stripe, TimeProvider clock, ILogger<MoneyBackGrain> logger)
    {
        (_stored, _stripe, _clock, _logger) = (stored, stripe, clock, logger);
        _key = this.GetPrimaryKeyString();
        var slash = _key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || slash == _key.Length - 1) throw new ArgumentException($"'{_key}' is not an account id, a slash and a purchase id.");

        (_accountId, _purchaseId) = (_key[..slash], _key[(slash + 1)..]);
    }

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_accountId);

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = _stored.State.Current;
        if (_durable is { } known && !MoneyBackDecider.Settled(known)) Wake(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<RefundResult> Refund(RefundOrder order)
    {
        if (await Begin() is { } missing) return new() { Outcome = missing };
        if (Current.Credits == 0) return new() { Outcome = RefundOutcome.NotCredited };

        using (await Turn())
        {
            var current = Current;
            if (MoneyBackDecider.Refusal(current, order) is { } refused) return new() { Outcome = refused, Left = MoneyBackDecider.Left(current) };

            var taken = MoneyBackDecider.Take(current, order, _clock.GetUtcNow());
            if (MoneyBackDecider.Find(_durable ?? current, order.OperationId) is null) await Save(taken);
        }

        Wake(TimeSpan.Zero);
        await Wait(() => MoneyBackViews.Ended(Current, MoneyBackDecider.Find(Current, order.OperationId)!));
        var now = Current;
        var ordered = MoneyBackDecider.Find(now, order.OperationId)!;
        return new()
        {
            Outcome = ordered.Phase is OrderPhase.Refused or OrderPhase.NeedsReview ? ordered.Outcome : RefundOutcome.Accepted,
            Refund = MoneyBackViews.Of(now, ordered),
            Left = MoneyBackDecider.Left(now),
        };
    }

    /// <inheritdoc />
    public async Task Prompt()
    {
        if (await Begin() is not null) return;

        var mine = ++_prompts;
        Wake(TimeSpan.Zero);

        // A reading that failed is saved as still to be made, with a reminder; then the prompt need not be repeated either.
        await Wait(() => (_promptsRead >= mine && MoneyBackDecider.Settled(Current)) || _durable is { MustRead: true, Failures: > 0 });
        if (_promptsRead >= mine || _durable is { MustRead: true }) return;

        using (await Turn()) await Save(Current);
    }

    /// <inheritdoc />
    public Task<MoneyBackView> Get()
    {
        ThrowIfLost();
        return Task.FromResult(_durable is { } known ? MoneyBackViews.Of(known) : new MoneyBackView());
    }

    /// <inheritdoc />
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminder = null;
        if (_durable is null) await Forget();
        else await Work(CancellationToken.None);
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    // What a prompt asks for is part of the state, but not of the stored one.
    private MoneyBackState Current
    {
        get
        {
            var known = _durable ?? _fresh!;
            return _prompts > _promptsRead && !known.MustRead ? known with { MustRead = true } : known;
        }
    }

    private async Task<RefundOutcome?> Begin()
    {
        ThrowIfLost();
        if (_durable is not null || _fresh is not null) return null;
        if (await GrainFactory.GetGrain<IPurchaseGrain>(_key).Get() is not { } purchase) return RefundOutcome.UnknownPurchase;
        if (purchase.PaymentIntentId is not { } intentId || !PurchaseDecider.HasMoneyToGoBack(purchase)) return RefundOutcome.NotCredited;

        // What waits for a person brought no credits, so none go back; but a dispute of it stops auto top-up like any other.
        _fresh = MoneyBackDecider.Begin(intentId, purchase.Status == PurchaseStatus.Succeeded ? purchase.Credits : 0, purchase.Total);
        return null;
    }

    private async Task Work(CancellationToken cancellationToken)
    {
        if (_working || _lost) return;

        _working = true;
        try
        {
            while (true)
            {
                MoneyBackCall call;
                using (await Turn())
                {
                    var current = Current;
                    var step = MoneyBackDecider.Next(current, _clock.GetUtcNow());
                    if (step.State != current) await Save(step.State);
                    call = step.Call;
                    if (call is MoneyBackCall.Nothing or MoneyBackCall.Wait)
                    {
                        await Rest(call);
                        return;
                    }
                }

                var prompts = _prompts;
                var learned = await Make(call);
                using (await Turn())
                {
                    if (learned is MoneyLearned.ListsRead) _promptsRead = prompts;
                    var next = MoneyBackDecider.Learn(Current, learned, _clock.GetUtcNow());
                    if (MoneyBackDecider.Differ(_durable ?? _fresh!, next)) await Save(next);
                    if (learned is MoneyLearned.CallFailed) _promptsRead = _prompts;
                    Pulse();
                }
            }
        }
        finally
        {
            _working = false;
            Pulse();
        }
    }

    // Short pauses are a timer's; whatever is longer is left to the reminder, so that nothing stays in memory for it.
    private async Task Rest(MoneyBackCall call)
    {
        if (call is not MoneyBackCall.Wait wait)
        {
            await Forget();
            return;
        }

        var due = wait.Until - _clock.GetUtcNow();
        if (MoneyBackDecider.Settled(Current)) await Remind(due, s_watchPeriod);
        else Wake(due);
    }

    private async Task<MoneyLearned> Make(MoneyBackCall call)
    {
        try
        {
            return call switch
            {
                MoneyBackCall.Read => await Read(call),
                MoneyBackCall.MakeRefund make => await MakeRefund(make),
                MoneyBackCall.Revoke revoke => await Revoke(revoke),
                MoneyBackCall.Restore restore => await Restore(restore),
                MoneyBackCall.StopTopUp stop => await StopTopUp(stop),
                _ => throw new InvalidOperationException($"{call} is not a call."),
            };
        }
        catch (Exception exception)
        {
            // Another grain could not answer: like Stripe's technical failures, tried again under the same name.
            _logger.LogWarning(exception, "Money back of {Purchase}: {Call} failed and is tried again.", _key, call.GetType().Name);
            return new MoneyLearned.CallFailed(call, new() { Kind = ProblemKind.Technical, Message = exception.Message });
        }
    }

    private async Task<MoneyLearned> Read(MoneyBackCall call)
    {
        var intentId = Current.IntentId;
        var refunds = await _stripe.ListRefunds(intentId);
        if (!refunds.Succeeded) return new MoneyLearned.CallFailed(call, refunds.Problem);

        var disputes = await _stripe.ListDisputes(intentId);
        if (!disputes.Succeeded) return new MoneyLearned.CallFailed(call, disputes.Problem);

        var warnings = await _stripe.ListEarlyFraudWarnings(intentId);
        return warnings.Succeeded
            ? new MoneyLearned.ListsRead(new() { Refunds = refunds.Value, Disputes = disputes.Value, Warnings = warnings.Value })
            : new MoneyLearned.CallFailed(call, warnings.Problem);
    }

    private async Task<MoneyLearned> MakeRefund(MoneyBackCall.MakeRefund call)
    {
        var order = call.Order;
        var request = new RefundRequest
        {
            IntentId = Current.IntentId, Amount = order.Amount!.Value, AccountId = _accountId, PurchaseKey = _key, OperationId = order.Order.OperationId, Reason = order.Order.Reason,
        };
        var made = await _stripe.CreateRefund(request, MoneyBackKeys.Refund(_key, order.Order.OperationId, order.KeyNumber));
        return made is { Succeeded: true, Value: { } refund } ? new MoneyLearned.RefundMade(order.Order.OperationId, refund.Id) : new MoneyLearned.CallFailed(call, made.Problem!);
    }

    private async Task<MoneyLearned> Revoke(MoneyBackCall.Revoke call)
    {
        var result = await Account.Revoke(new RevokeCredits
        {
            OperationId = MoneyBackKeys.Revoke(call.Return, call.Claim.Number),
            Reference = ReferenceOf(call.Return),
            Actor = ActorOf(call.Return),
            PurchaseId = _purchaseId,
            Credits = call.Claim.Credits,
        });
        return result.Holds ? new MoneyLearned.Revoked(call.Return.Id, call.Claim.Number, result.Shortfall) : Refused(call, result.Outcome);
    }

    private async Task<MoneyLearned> Restore(MoneyBackCall.Restore call)
    {
        var result = await Account.Restore(new RestoreCredits
        {
            OperationId = MoneyBackKeys.Restore(call.Return, call.Claim.Number),
            Reference = $"{NameOf(call.Return)} undone",
            RevokeOperationId = MoneyBackKeys.Revoke(call.Return, call.Claim.Number),
        });
        return result.Holds || result.Outcome == PostOutcome.NotApplicable ? new MoneyLearned.Restored(call.Return.Id, call.Claim.Number) : Refused(call, result.Outcome);
    }

    private async Task<MoneyLearned> StopTopUp(MoneyBackCall.StopTopUp call)
    {
        var result = await Account.StopAutoTopUp(new StopAutoTopUp
        {
            OperationId = MoneyBackKeys.Stop(call.Id, call.IsDispute),
            Reference = $"{(call.IsDispute ? "Dispute" : "Early fraud warning")} {call.Id} of purchase {_purchaseId}",
            Reason = call.IsDispute ? SuspensionReason.Dispute : SuspensionReason.EarlyFraudWarning,
            Message = call.IsDispute
                ? "A payment was disputed at your bank. Nothing more is charged automatically until we have looked at it."
                : "Your bank has asked about a payment. Nothing more is charged automatically until we have looked at it.",
        });
        if (!result.Holds) _logger.LogInformation("Auto top-up of {Account} was not stopped for {Id}: {Outcome}.", _accountId, call.Id, result.Outcome);
        return new MoneyLearned.TopUpStopped(call.Id);
    }

    // What is owed stays owed: it is tried again, loudly.
    private MoneyLearned.CallFailed Refused(MoneyBackCall call, PostOutcome outcome)
    {
        _logger.LogError("Money back of {Purchase}: the account refused {Call}: {Outcome}.", _key, call.GetType().Name, outcome);
        return new(call, new() { Kind = ProblemKind.Refused, Code = outcome.ToString(), Message = $"The account refused {call.GetType().Name}: {outcome}." });
    }

    private string NameOf(MoneyReturn one) => $"{(one.IsDispute ? "Dispute" : "Refund")} {one.Id} of purchase {_purchaseId}";

    // Customers read it, so Stripe's reason for a dispute stays out; a refund's reason is the operator's own.
    private string ReferenceOf(MoneyReturn one)
    {
        var text = one is { IsDispute: false, OperationId: not null, Reason: { } reason } ? $"{NameOf(one)}: {reason}" : NameOf(one);
        return text.Length <= AccountLimits.MaxTextLength ? text : NameOf(one);
    }

    private string ActorOf(MoneyReturn one) => one.OperationId is { } operation && MoneyBackDecider.Find(Current, operation) is { } order ? order.Order.Actor : "stripe";

    // The reminder comes first: without it a crash after the save would leave nobody to go on.
    private async Task Save(MoneyBackState next)
    {
        if (!MoneyBackDecider.Settled(next)) await Remind(s_reminderPeriod, s_reminderPeriod);
        else if (next.WatchAt is { } watch) await Remind(watch - _clock.GetUtcNow(), s_watchPeriod);
        _stored.State = new StoredMoneyBack { Current = next };
        try
        {
            await _stored.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // It may have landed: only storage knows, so the next activation reads it. The reminder brings one.
            _lost = true;
            DeactivateOnIdle();
            throw new AccountUnavailableException($"The money back of purchase {_key} could not be saved.", exception);
        }

        _durable = next;
        Pulse();
    }

    private async Task Remind(TimeSpan due, TimeSpan period)
    {
        if (due < TimeSpan.Zero) due = TimeSpan.Zero;
        if (period == s_reminderPeriod && _reminder?.Period == period) return;

        await this.RegisterOrUpdateReminder(ReminderName, due, period);
        _reminder = (due, period);
    }

    private async Task Forget()
    {
        if (await this.GetReminder(ReminderName) is { } reminder) await this.UnregisterReminder(reminder);
        _reminder = null;
    }

    private void Wake(TimeSpan due)
    {
        if (due < TimeSpan.Zero) due = TimeSpan.Zero;
        if (_timer is null) _timer = this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        else _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private async Task Wait(Func<bool> so)
    {
        var until = _clock.GetUtcNow() + AnswerWait;
        while (true)
        {
            ThrowIfLost();
            var changed = _changed.Task;
            var left = until - _clock.GetUtcNow();
            if (so() || left <= TimeSpan.Zero) return;

            try
            {
                await changed.WaitAsync(left, _clock);
            }
            catch (TimeoutException)
            {
                // It goes on; the view says so.
                return;
            }
        }
    }

    private void Pulse()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private async Task<IDisposable> Turn()
    {
        await _gate.WaitAsync();
        if (_lost)
        {
            _gate.Release();
            ThrowIfLost();
        }

        return new Release(_gate);
    }

    private void ThrowIfLost()
    {
        if (_lost) throw new AccountUnavailableException($"The money back of purchase {_key} is reloading; ask again.");
    }

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
