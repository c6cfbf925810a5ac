using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>
/// Hosts one purchase: saves what <see cref="PurchaseDecider"/> decides, makes the call, saves what was learned, and goes on.
/// The work runs in a grain timer, so that calls are answered meanwhile; a reminder carries it over crashes.
/// </summary>
[Reentrant]
public sealed class PurchaseGrain : Grain, IPurchaseGrain, IRemindable, IDisposable
{
    /// <summary>How long a quoted price holds.</summary>
    public static readonly TimeSpan QuoteLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long an expired quote is still known, so that a late confirm hears that its price may have changed.</summary>
    public static readonly TimeSpan QuoteKept = TimeSpan.FromDays(1);

    /// <summary>How long a confirm waits for the end before it answers that the purchase is processing.</summary>
    public static readonly TimeSpan ConfirmWait = TimeSpan.FromSeconds(5);

    private const string ReminderName = "purchase";
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);

    private readonly IPersistentState<StoredPurchase> _stored;
    private readonly PriceList _prices;
    private readonly IStripeGateway _stripe;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _key;
    private readonly string _accountId;
    private readonly string _purchaseId;

    // One caller at a time changes a quote into a purchase; after that only the work changes it.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Each wants a reading that begins after it came.
    private readonly List<TaskCompletionSource<bool>> _prompts = [];
    private PurchaseState? _durable;
    private IGrainTimer? _timer;
    private bool _working;
    private bool _lost;

    /// <summary>Made by Orleans.</summary>
    public PurchaseGrain(
        [PersistentState("purchase", "grains")] IPersistentState<StoredPurchase> stored, PriceList prices, IStripeGateway stripe, TimeProvider clock, ILogger<PurchaseGrain> logger)
    {
        (_stored, _prices, _stripe, _clock, _logger) = (stored, prices, stripe, clock, logger);
        _key = this.GetPrimaryKeyString();
        var slash = _key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || slash == _key.Length - 1) throw new ArgumentException($"'{_key}' is not an account id, a slash and a purchase id.");

        (_accountId, _purchaseId) = (_key[..slash], _key[(slash + 1)..]);
    }

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_accountId);

    private ICardsGrain Cards => GrainFactory.GetGrain<ICardsGrain>(_accountId);

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Remember(_stored.State.Current);
        if (_durable is { Phase: not PurchasePhase.Quoted, Ended: false }) Wake(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<QuoteView?> Quote(long credits)
    {
        using var turn = await Turn();
        var now = _clock.GetUtcNow();
        if (_durable is { } known && (known.Phase != PurchasePhase.Quoted || now < known.QuoteExpiresAt)) return QuoteOf(known);

        if (_prices.Price(credits) is not { } price) return null;

        var quote = new PurchaseState { Phase = PurchasePhase.Quoted, Price = price, QuoteExpiresAt = now + QuoteLifetime };
        await Remind(QuoteLifetime + QuoteKept);
        await Save(quote);
        return QuoteOf(quote);
    }

    /// <inheritdoc />
    public async Task<ConfirmResult> Confirm(ConfirmPurchase command)
    {
        if (await Take(command) is { } refused) return new() { Outcome = refused };

        try
        {
            await _answered.Task.WaitAsync(ConfirmWait, _clock);
        }
        catch (TimeoutException)
        {
            // It goes on; the view says so.
        }

        return new() { Outcome = ConfirmOutcome.Accepted, Purchase = ViewOf(_durable!) };
    }

    /// <inheritdoc />
    public async Task StartTopUp(TopUpOrder order)
    {
        using var turn = await Turn();
        if (_durable is not null) return;

        var now = _clock.GetUtcNow();
        var purchase = _prices.Price(order.Credits) is { } price
            ? PurchaseDecider.RequestTopUp(price, order.SpendLimit, now)
            : PurchaseDecider.RefuseTopUp(Unpriced(order.Credits), now);
        await Remind(s_reminderPeriod);
        await RememberAttempt();
        await Save(purchase);
        Wake(TimeSpan.Zero);
    }

    /// <inheritdoc />
    public async Task<ReviewOutcome> CloseReview(PurchaseReview review)
    {
        using var turn = await Turn();
        if (_durable is not { Phase: not PurchasePhase.Quoted } purchase) return ReviewOutcome.UnknownPurchase;

        // While auto top-up is still to be told, the work would save over this; who asks again finds it done.
        if (!purchase.Ended || PurchaseDecider.CloseReview(purchase, review, _clock.GetUtcNow()) is not { } closed) return ReviewOutcome.NotInReview;

        if (closed != purchase) await Save(closed);
        return ReviewOutcome.Closed;
    }

    /// <inheritdoc />
    public Task<PurchaseView?> Get()
    {
        ThrowIfLost();
        return Task.FromResult(_durable is { Phase: not PurchasePhase.Quoted } purchase ? ViewOf(purchase) : null);
    }

    /// <inheritdoc />
    public async Task<bool> Prompt()
    {
        ThrowIfLost();
        if (_durable is null or { Phase: PurchasePhase.Quoted }) return true;

        var prompt = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _prompts.Add(prompt);
        if (!_working) Wake(TimeSpan.Zero);
        try
        {
            if (!await prompt.Task.WaitAsync(ConfirmWait, _clock)) return false;
        }
        catch (TimeoutException)
        {
            // It goes on; whoever prompted asks again.
            return false;
        }

        // What was paid may have gone back since.
        if (_durable is { Phase: PurchasePhase.Credited or PurchasePhase.NeedsReview, IntentId: not null }) await GrainFactory.GetGrain<IMoneyBackGrain>(_key).Prompt();
        return true;
    }

    /// <inheritdoc />
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_durable is { Phase: not PurchasePhase.Quoted })
        {
            await Work(CancellationToken.None);
            return;
        }

        using var turn = await Turn();
        if (_durable is { Phase: PurchasePhase.Quoted } quote && _clock.GetUtcNow() >= quote.QuoteExpiresAt + QuoteKept) await Clear();
        if (_durable is null) await Forget();
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    // Null when the purchase is taken, now or before.
    private async Task<ConfirmOutcome?> Take(ConfirmPurchase command)
    {
        using var turn = await Turn();
        if (_durable is not { } quote) return ConfirmOutcome.UnknownQuote;
        if (quote.Phase != PurchasePhase.Quoted)
        {
            var otherCard = command.CardId is { } card && quote.Card?.Card.Id != card;
            return otherCard || quote.Automatic ? ConfirmOutcome.OtherCard : null;
        }

        if (_clock.GetUtcNow() >= quote.QuoteExpiresAt) return ConfirmOutcome.QuoteExpired;

        if ((await Account.GetCredits()).Sequence == 0) return ConfirmOutcome.UnknownAccount;
        if (await Cards.Choose(command.CardId) is not { } chosen) return command.CardId is null ? ConfirmOutcome.NoCard : ConfirmOutcome.UnknownCard;

        // The reminder comes first: without it a crash after the save would leave nobody to go on.
        await Remind(s_reminderPeriod);
        await RememberAttempt();
        await Save(PurchaseDecider.Request(quote, chosen, command.Actor, _clock.GetUtcNow()));
        Wake(TimeSpan.Zero);
        return null;
    }

    // Only for lists that people look at, so nothing fails with it.
    private async Task RememberAttempt()
    {
        try
        {
            await GrainFactory.GetGrain<IPurchaseAttemptsGrain>(_accountId).Began(_purchaseId);
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "Purchase {Purchase} will be missing in lists until it has brought credits.", _key);
        }
    }

    private async Task Work(CancellationToken cancellationToken)
    {
        if (_working || _lost) return;

        _working = true;
        List<TaskCompletionSource<bool>> heard = [];
        var settled = false;
        try
        {
            while (_durable is { } purchase)
            {
                var prompted = Hear(heard) ? PurchaseDecider.Prompted(purchase) : null;
                var step = prompted ?? PurchaseDecider.Next(purchase, _clock.GetUtcNow());
                if (step.State != purchase) await Save(step.State);
                if (step.Call == PurchaseCall.Wait)
                {
                    Wake(step.Until!.Value - _clock.GetUtcNow());
                    settled = true;
                    return;
                }

                if (step.Call == PurchaseCall.Nothing)
                {
                    if (step.State.Ended) await Forget();
                    if (_prompts.Count > 0) continue;

                    settled = true;
                    return;
                }

                var learned = await Make(step.Call, step.State);
                if (prompted is not null && learned is Learned.CallFailed { Problem.Kind: ProblemKind.Technical }) Answer(heard, false);
                var next = PurchaseDecider.Learn(step.State, _key, step.Call, learned, _clock.GetUtcNow());
                if (next.Phase == PurchasePhase.NeedsReview && step.State.Phase != PurchasePhase.NeedsReview)
                    _logger.LogError("Purchase {Purchase} needs review: {Finding} (intent {Intent}).", _key, next.Finding, next.IntentId);

                // A failed purchase that was paid after all is taken up again, so somebody must look after it again first.
                if (step.State.Ended && !next.Ended) await Remind(s_reminderPeriod);
                if (next != step.State) await Save(next);
            }
        }
        finally
        {
            _working = false;
            Answer(heard, settled && _durable is not { Phase: PurchasePhase.Paid });
            if (_lost) Answer(_prompts, false);
            else if (_prompts.Count > 0) Wake(TimeSpan.Zero);
        }
    }

    // Moves the prompts that came since the last step to those that the next one is made for.
    private bool Hear(List<TaskCompletionSource<bool>> heard)
    {
        if (_prompts.Count == 0) return false;

        heard.AddRange(_prompts);
        _prompts.Clear();
        return true;
    }

    private static void Answer(List<TaskCompletionSource<bool>> prompts, bool done)
    {
        foreach (var prompt in prompts) prompt.TrySetResult(done);
        prompts.Clear();
    }

    private async Task<Learned> Make(PurchaseCall call, PurchaseState purchase)
    {
        try
        {
            return call switch
            {
                PurchaseCall.ChooseCard => new Learned.CardChosen(await Cards.Choose(null)),
                PurchaseCall.CreateIntent => Read(await _stripe.CreateIntent(OrderOf(purchase), PurchaseKeys.Create(_key, purchase.IntentNumber))),
                PurchaseCall.FindIntent => Read(await _stripe.FindIntent(purchase.Card!.CustomerId, purchase.RequestedAt - TimeSpan.FromHours(1), _key)),
                PurchaseCall.ConfirmIntent => Read(await _stripe.ConfirmIntent(
                    purchase.IntentId!, _key, purchase.Automatic, PurchaseKeys.Confirm(_key, purchase.IntentNumber, purchase.ConfirmNumber))),
                PurchaseCall.ReadIntent => Read(await _stripe.ReadIntent(purchase.IntentId!)),
                PurchaseCall.CancelIntent => Read(await _stripe.CancelIntent(purchase.IntentId!)),
                PurchaseCall.GrantCredits => await Grant(purchase),
                PurchaseCall.TellAccount => await Tell(purchase),
                _ => throw new InvalidOperationException($"{call} is not a call."),
            };
        }
        catch (Exception exception)
        {
            // Another grain could not answer: like Stripe's technical failures, tried again under the same name.
            _logger.LogWarning(exception, "Purchase {Purchase}: {Call} failed and is tried again.", _key, call);
            return new Learned.CallFailed(new() { Kind = ProblemKind.Technical, Message = exception.Message });
        }
    }

    private static Learned Read(StripeAnswer<IntentReading?> answer) =>
        answer.Succeeded ? answer.Value is { } intent ? new Learned.IntentRead(intent) : new Learned.IntentMissing() : new Learned.CallFailed(answer.Problem);

    private async Task<Learned> Grant(PurchaseState purchase)
    {
        var result = await Account.Grant(new Grant
        {
            OperationId = PurchaseKeys.Grant(_purchaseId),
            Reference = $"Purchase {_purchaseId}",
            Actor = purchase.Actor.Length > AccountLimits.MaxTextLength ? purchase.Actor[..AccountLimits.MaxTextLength] : purchase.Actor,
            Credits = purchase.Price.Credits,
            Source = purchase.Automatic ? GrantSource.AutoTopUp : GrantSource.Purchase,
            PurchaseId = _purchaseId,
            Paid = purchase.Price.Total.Amount,
        });
        if (result.Holds) return new Learned.CreditsGranted();

        // Paid credits are owed: it stays paid and keeps trying, loudly.
        _logger.LogError("Purchase {Purchase} is paid, but the account refused its credits: {Outcome}.", _key, result.Outcome);
        return new Learned.CallFailed(new() { Kind = ProblemKind.Refused, Code = result.Outcome.ToString() });
    }

    private async Task<Learned> Tell(PurchaseState purchase)
    {
        if (!purchase.Automatic) return await TellPaid(purchase);

        var failure = purchase.Failure ?? Failures.NeedsReview;
        var result = await Account.SuspendAutoTopUp(new SuspendAutoTopUp
        {
            OperationId = PurchaseKeys.Suspend(_purchaseId),
            Reference = $"Purchase {_purchaseId}",
            PurchaseId = _purchaseId,
            Reason = Failures.SuspensionOf(failure.Code),
            Message = failure.Message,
        });
        if (!result.Holds) _logger.LogWarning("Purchase {Purchase} failed, and auto top-up was not suspended: {Outcome}.", _key, result.Outcome);
        if (PurchaseDecider.TriedAnotherCard(purchase, await Cards.Choose(null)))
        {
            // As of this attempt: one that was made since may have tried that other card.
            await Account.ResumeAutoTopUp(new ResumeAutoTopUp
            {
                OperationId = PurchaseKeys.ResumeWithOtherCard(_purchaseId),
                Reference = "The card was changed meanwhile",
                Cause = ResumeCause.Card,
                Since = purchase.ConfirmingSince ?? purchase.RequestedAt,
            });
        }

        return new Learned.AccountTold();
    }

    // The card that auto top-up would charge has just been charged with its owner present, so what stopped it is over.
    private async Task<Learned> TellPaid(PurchaseState purchase)
    {
        var curable = (await Account.GetCredits()).AutoTopUp.SuspendedBecause is { } suspended && AutoTopUpRules.Resumes(suspended, ResumeCause.Card);
        if (curable && (await Cards.Choose(null))?.Card.Id == purchase.Card?.Card.Id)
        {
            await Account.ResumeAutoTopUp(new ResumeAutoTopUp
            {
                OperationId = PurchaseKeys.Resume(_purchaseId), Reference = $"Purchase {_purchaseId}", Cause = ResumeCause.Card, Since = purchase.ConfirmingSince,
            });
        }

        return new Learned.AccountTold();
    }

    private IntentOrder OrderOf(PurchaseState purchase) => new()
    {
        AccountId = _accountId,
        PurchaseKey = _key,
        Credits = purchase.Price.Credits,
        Total = purchase.Price.Total,
        CustomerId = purchase.Card!.CustomerId,
        PaymentMethodId = purchase.Card.Card.Id,
    };

    private async Task Save(PurchaseState? next)
    {
        _stored.State = new StoredPurchase { Current = next };
        await Store(next, _stored.WriteStateAsync);
    }

    private Task Clear() => Store(null, _stored.ClearStateAsync);

    private async Task Store(PurchaseState? next, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            // It may have landed: only storage knows, so the next activation reads it. The reminder brings one.
            _lost = true;
            _answered.TrySetResult();
            DeactivateOnIdle();
            throw new AccountUnavailableException($"Purchase {_key} could not be saved.", exception);
        }

        Remember(next);
    }

    private void Remember(PurchaseState? durable)
    {
        _durable = durable;
        if (durable is { Phase: not PurchasePhase.Quoted } && StatusOf(durable) != PurchaseStatus.Processing) _answered.TrySetResult();
    }

    private Task<IGrainReminder> Remind(TimeSpan due) => this.RegisterOrUpdateReminder(ReminderName, due, s_reminderPeriod);

    private async Task Forget()
    {
        if (await this.GetReminder(ReminderName) is { } reminder) await this.UnregisterReminder(reminder);
    }

    private void Wake(TimeSpan due)
    {
        if (due < TimeSpan.Zero) due = TimeSpan.Zero;
        if (_timer is null) _timer = this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        else _timer.Change(due, Timeout.InfiniteTimeSpan);
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
        if (_lost) throw new AccountUnavailableException($"Purchase {_key} is reloading; ask again.");
    }

    private Price Unpriced(long credits)
    {
        var nothing = new Money { Amount = 0, Currency = _prices.View.Currency };
        return new Price { Credits = credits, UnitPrice = 0, Subtotal = nothing, Tax = nothing, Total = nothing };
    }

    private QuoteView QuoteOf(PurchaseState quote) => new() { Id = _purchaseId, Price = quote.Price, ExpiresAt = quote.QuoteExpiresAt };

    private static PurchaseStatus StatusOf(PurchaseState purchase) => purchase.Phase switch
    {
        PurchasePhase.Credited => PurchaseStatus.Succeeded,
        PurchasePhase.Declined or PurchasePhase.Canceled or PurchasePhase.NeedsReview => PurchaseStatus.Failed,
        PurchasePhase.RequiresAction => PurchaseStatus.RequiresAction,
        _ => PurchaseStatus.Processing,
    };

    private PurchaseView ViewOf(PurchaseState purchase) => new()
    {
        Id = _purchaseId,
        Status = StatusOf(purchase),
        Credits = purchase.Price.Credits,
        Total = purchase.Price.Total,
        Failure = StatusOf(purchase) == PurchaseStatus.Failed ? purchase.Failure : null,
        NextActionUrl = purchase.NextActionUrl,
        Automatic = purchase.Automatic,
        State = purchase.Phase.ToString(),
        PaymentIntentId = purchase.IntentId,
        RequestedAt = purchase.RequestedAt,
        Price = purchase.Price,
        Card = purchase.Card?.Card,
        Finding = purchase.Finding,
        Review = purchase.Review,
    };

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
