using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>A purchase as its grain runs it: save what was decided, call, save what was learned. Its state is durable; its work, its prompts and its pauses are memory.</summary>
internal sealed class SimulatedPurchase(World world, SimulatedStripe stripe, SimulatedAccount account, SimulatedCards cards, string purchaseId)
{
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private readonly List<Action<bool>> _prompts = [];
    private readonly List<Action<bool>> _heard = [];
    private PurchaseState? _known;
    private bool _working;
    private int _activation;
    private int _sabotaged;

    /// <summary>The grain's key.</summary>
    public string Key { get; } = $"{account.Id}/{purchaseId}";

    /// <summary>Its id within the account.</summary>
    public string Id { get; } = purchaseId;

    /// <summary>What storage has.</summary>
    public PurchaseState? Stored { get; private set; }

    /// <summary>When it first said that it ended without a charge, if it ever did.</summary>
    public DateTimeOffset? SaidNotCharged { get; private set; }

    /// <summary>Whether a reminder is set: durable.</summary>
    public bool Reminded { get; private set; }

    /// <summary>A person says yes to a price. Repeating it is harmless.</summary>
    public void Confirm(Price price, string? cardId)
    {
        if (Stored is not null || cards.Choose(cardId) is not { } card) return;
        Reminded = true;
        Save(PurchaseDecider.Request(new PurchaseState { Phase = PurchasePhase.Quoted, Price = price, QuoteExpiresAt = world.Now.AddMinutes(15) }, card, "owner", world.Now));
        WorkIn(TimeSpan.Zero);
    }

    /// <summary>Auto top-up orders it. Repeating it is harmless.</summary>
    public void StartTopUp(Price price, long? spendLimit)
    {
        if (Stored is not null) return;
        Reminded = true;
        Save(PurchaseDecider.RequestTopUp(price, spendLimit, world.Now));
        WorkIn(TimeSpan.Zero);
    }

    /// <summary>Something may have happened at Stripe. The answer says whether the purchase has dealt with it.</summary>
    public void Prompt(Action<bool> answer)
    {
        if (Stored is null)
        {
            answer(true);
            return;
        }

        _prompts.Add(answer);
        if (!_working) WorkIn(TimeSpan.Zero);
    }

    /// <summary>The program is there again: the reminder brings the purchase back, if one is set.</summary>
    public void Wake()
    {
        if (Reminded && world.Sabotage != Sabotage.Forgotten) world.Later(world.Chance.Between(TimeSpan.Zero, ReminderPeriod), Work);
    }

    /// <summary>The program has died, or storage failed under it.</summary>
    public void Forget()
    {
        (_working, _known) = (false, null);
        _activation++;
        _prompts.Clear();
        _heard.Clear();
    }

    private void Work()
    {
        if (_working || (_known ??= Stored) is null) return;
        _working = true;
        Step();
    }

    private void WorkIn(TimeSpan wait)
    {
        var activation = _activation;
        world.Later(wait, () =>
        {
            if (activation == _activation) Work();
        });
    }

    private void Step()
    {
        var purchase = _known!;
        var prompted = _prompts.Count > 0 ? PurchaseDecider.Prompted(purchase) : null;
        _heard.AddRange(_prompts);
        _prompts.Clear();
        var step = prompted ?? PurchaseDecider.Next(purchase, world.Now);
        if (step.State != purchase && !Save(step.State)) return;

        if (step.Call is PurchaseCall.Wait or PurchaseCall.Nothing)
        {
            if (step.Call == PurchaseCall.Nothing && step.State.Ended) Reminded = false;
            _working = false;
            Answer(_known is not { Phase: PurchasePhase.Paid });
            if (step.Call == PurchaseCall.Wait) WorkIn(step.Until!.Value - world.Now);
            return;
        }

        var activation = _activation;
        Make(step.Call, step.State, learned =>
        {
            if (activation != _activation) return;
            if (prompted is not null && learned is Learned.CallFailed { Problem.Kind: ProblemKind.Technical }) Answer(false);
            var next = Sabotaged(step, learned) ?? PurchaseDecider.Learn(step.State, Key, step.Call, learned, world.Now);
            if (step.State.Ended && !next.Ended) Reminded = true;
            if (next != step.State && !Save(next)) return;
            var again = _activation;
            world.Later(TimeSpan.FromMilliseconds(2), () =>
            {
                if (again == _activation) Step();
            });
        });
    }

    private PurchaseState? Sabotaged(PurchaseStep step, Learned learned) => (world.Sabotage, step.Call, learned) switch
    {
        (Sabotage.UnknownIsDeclined, PurchaseCall.ConfirmIntent, Learned.CallFailed { Problem.Kind: ProblemKind.Technical }) =>
            step.State with { Phase = PurchasePhase.Declined, Failure = Failures.TimedOut, Told = true },
        (Sabotage.StartsOver, PurchaseCall.ConfirmIntent, Learned.CallFailed { Problem.Kind: ProblemKind.Technical }) =>
            step.State with { Phase = PurchasePhase.Requested, IntentId = null, IntentNumber = step.State.IntentNumber + 1 },
        (Sabotage.CreditedFirst, _, Learned.IntentRead { Intent.Status: IntentStatus.Succeeded }) => step.State with { Phase = PurchasePhase.Credited, Told = true },
        _ => null,
    };

    private void Make(PurchaseCall call, PurchaseState purchase, Action<Learned> learn)
    {
        var wait = TimeSpan.FromMilliseconds(5);
        switch (call)
        {
            case PurchaseCall.ChooseCard:
                world.Later(wait, () => learn(new Learned.CardChosen(cards.Choose(null))));
                break;
            case PurchaseCall.GrantCredits:
                world.Later(wait, () => learn(Grant(purchase)));
                break;
            case PurchaseCall.TellAccount:
                world.Later(wait, () => learn(Tell(purchase)));
                break;
            case PurchaseCall.CreateIntent:
                var (customer, card, amount) = (purchase.Card!.CustomerId, cards.AtStripe(purchase.Card.Card.Id), purchase.Price.Total.Amount);
                Ask(PurchaseKeys.Create(Key, purchase.IntentNumber), $"{card?.Id} {amount}", () => stripe.Create(Key, customer, card, amount), learn);
                break;
            case PurchaseCall.ConfirmIntent:
                Ask(PurchaseKeys.Confirm(Key, purchase.IntentNumber, purchase.ConfirmNumber), purchase.IntentId!, () => stripe.Confirm(purchase.IntentId!, purchase.Automatic), learn);
                break;
            case PurchaseCall.FindIntent:
                Ask(null, "", () => stripe.FindOf(purchase.Card!.CustomerId, purchase.RequestedAt - TimeSpan.FromHours(1), Key), learn);
                break;
            case PurchaseCall.ReadIntent:
                Ask(null, "", () => stripe.Read(purchase.IntentId!), learn);
                break;
            case PurchaseCall.CancelIntent:
                Ask(null, "", () => stripe.Cancel(purchase.IntentId!), learn);
                break;
            default:
                throw new InvalidOperationException($"{call} is not a call.");
        }
    }

    private void Ask(string? key, string content, Func<(IntentReading?, StripeProblem?)> execute, Action<Learned> learn)
    {
        stripe.Ask(key, content, execute, (intent, problem) => learn(problem is not null ? new Learned.CallFailed(problem) : intent is null ? new Learned.IntentMissing() : new Learned.IntentRead(intent)));
    }

    private Learned Grant(PurchaseState purchase)
    {
        var result = account.Post(new Grant
        {
            OperationId = PurchaseKeys.Grant(Id) + (world.Sabotage == Sabotage.GrantTwice ? FormattableString.Invariant($":{++_sabotaged}") : ""),
            Reference = $"Purchase {Id}",
            Credits = purchase.Price.Credits,
            Source = purchase.Automatic ? GrantSource.AutoTopUp : GrantSource.Purchase,
            PurchaseId = Id,
            Paid = purchase.Price.Total.Amount,
        });
        return result is { Holds: true } ? new Learned.CreditsGranted() : Unknown(result);
    }

    private Learned Tell(PurchaseState purchase)
    {
        if (purchase.Automatic)
        {
            if (world.Sabotage == Sabotage.DeclinesRepeat)
            {
                account.Post(new SuspendAutoTopUp { OperationId = PurchaseKeys.Suspend(Id), PurchaseId = Id, Reason = SuspensionReason.CardDeclined });
                return account.Post(new ResumeAutoTopUp { OperationId = $"again:{Id}" }) is null ? Unknown(null) : new Learned.AccountTold();
            }

            var failure = purchase.Failure ?? Failures.NeedsReview;
            var suspended = account.Post(new SuspendAutoTopUp
            {
                OperationId = PurchaseKeys.Suspend(Id), Reference = $"Purchase {Id}", PurchaseId = Id, Reason = Failures.SuspensionOf(failure.Code), Message = failure.Message,
            });
            if (suspended is null) return Unknown(null);
            if (!PurchaseDecider.TriedAnotherCard(purchase, cards.Choose(null))) return new Learned.AccountTold();

            var again = account.Post(new ResumeAutoTopUp
            {
                OperationId = PurchaseKeys.ResumeWithOtherCard(Id), Reference = "The card was changed meanwhile", Cause = ResumeCause.Card, Since = purchase.ConfirmingSince ?? purchase.RequestedAt,
            });
            return again is null ? Unknown(null) : new Learned.AccountTold();
        }

        if (account.Settled() is not { } state) return Unknown(null);
        if (state.AutoTopUp.Suspended is { } reason && AutoTopUpRules.Resumes(reason, ResumeCause.Card) && cards.Choose(null)?.Card.Id == purchase.Card?.Card.Id)
        {
            var resumed = account.Post(new ResumeAutoTopUp { OperationId = PurchaseKeys.Resume(Id), Reference = $"Purchase {Id}", Cause = ResumeCause.Card, Since = purchase.ConfirmingSince });
            if (resumed is null) return Unknown(null);
        }

        return new Learned.AccountTold();
    }

    private static Learned.CallFailed Unknown(PostResult? result) =>
        new(new() { Kind = result is null ? ProblemKind.Technical : ProblemKind.Refused, Message = result?.Outcome.ToString() ?? "no answer" });

    // What was lost on the way is known to storage only, so the activation ends; the reminder brings the next one.
    private bool Save(PurchaseState next)
    {
        var (fails, stored) = (world.Mishap(), world.Chance.PerMille(500));
        if (!fails || stored)
        {
            Stored = next;
            if (next.Phase is PurchasePhase.Declined or PurchasePhase.Canceled) SaidNotCharged ??= world.Now;
            world.Tell($"{Key}: {next.Phase}");
        }

        if (!fails)
        {
            _known = next;
            return true;
        }

        Answer(false);
        foreach (var prompt in _prompts.ToList()) prompt(false);
        Forget();
        Wake();
        return false;
    }

    private void Answer(bool done)
    {
        var heard = _heard.ToList();
        _heard.Clear();
        foreach (var prompt in heard) prompt(done);
    }
}
