using System.Collections.Immutable;
using Connect.Grains.Purchases.Engine;

namespace Connect.Simulation;

/// <summary>What a card does when it is charged.</summary>
internal enum CardTemper
{
    /// <summary>Pays.</summary>
    Pays,

    /// <summary>Is declined.</summary>
    Declines,

    /// <summary>Wants its owner, who then pays, says no or goes away.</summary>
    WantsOwner,
}

/// <summary>A saved card at Stripe.</summary>
internal sealed class StripeCard
{
    /// <summary>Payment method id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public CardTemper Temper { get; set; }

    /// <summary>Year times 12 plus month of its date.</summary>
    public int ExpiryMonth { get; set; }

    /// <summary>False once detached.</summary>
    public bool Attached { get; set; } = true;
}

/// <summary>An intent at Stripe.</summary>
internal sealed class StripeIntent
{
    /// <summary>As it would be read now.</summary>
    public required IntentReading Reading { get; set; }

    /// <summary>The card that it charges.</summary>
    public required StripeCard Card { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Instants of its successful charges; more than one would be Stripe's end of the world.</summary>
    public List<DateTimeOffset> Charges { get; } = [];

    /// <summary>Refunds, oldest first.</summary>
    public List<RefundReading> Refunds { get; } = [];

    /// <summary>Disputes, oldest first.</summary>
    public List<DisputeReading> Disputes { get; } = [];

    /// <summary>Ids of early fraud warnings.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>When the last of them came.</summary>
    public DateTimeOffset? WarnedAt { get; set; }
}

/// <summary>An attempt to charge that Stripe carried out.</summary>
/// <param name="PurchaseKey">The purchase.</param>
/// <param name="At">When.</param>
/// <param name="Automatic">Without the customer.</param>
/// <param name="Paid">Whether it paid.</param>
internal sealed record ChargeAttempt(string PurchaseKey, DateTimeOffset At, bool Automatic, bool Paid);

/// <summary>
/// Stripe as the world outside: it remembers idempotency keys for a day, carries out what it was asked even when the answer is lost, tells by webhooks when it feels like it. It never runs the program's code.
/// </summary>
internal sealed class SimulatedStripe(World world)
{
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(24);
    private readonly Dictionary<string, Kept> _keys = [];
    private int _ids;

    /// <summary>All intents, oldest first.</summary>
    public List<StripeIntent> Intents { get; } = [];

    /// <summary>All attempts to charge, oldest first.</summary>
    public List<ChargeAttempt> Attempts { get; } = [];

    /// <summary>Called when something about a purchase changed: its key, and whether it is about money that goes back.</summary>
    public Action<string, bool> Notify { get; set; } = (_, _) => { };

    /// <summary>A new id.</summary>
    public string Id(string kind) => FormattableString.Invariant($"{kind}_{++_ids}");

    /// <summary>The intents of a purchase.</summary>
    public IEnumerable<StripeIntent> Of(string purchaseKey) => Intents.Where(intent => intent.Reading.PurchaseKey == purchaseKey);

    /// <summary>Asks Stripe: the answer comes later, or never to a program that has died meanwhile.</summary>
    /// <param name="key">The idempotency key, or null.</param>
    /// <param name="content">What the key must always be used with.</param>
    /// <param name="execute">What Stripe does: an answer, or a refusal. Never a technical failure.</param>
    /// <param name="answer">Takes the answer or the problem.</param>
    public void Ask<T>(string? key, string content, Func<(T? Value, StripeProblem? Problem)> execute, Action<T?, StripeProblem?> answer) where T : class
    {
        var (life, wait) = (world.Life, world.Chance.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(900)));
        var back = world.Chance.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(400));
        var technical = new StripeProblem { Kind = ProblemKind.Technical, Message = "no answer" };
        void Answer(T? value, StripeProblem? problem) => world.After(back, () =>
        {
            if (world.Up && world.Life == life) answer(value, problem);
        });

        if (!world.Mishap())
        {
            world.After(wait, () => Answer(Once(key, content, execute, out var problem), problem));
            return;
        }

        switch (world.Chance.Below(7))
        {
            case 0: // Lost on the way there.
                back = ClientTimeout;
                Answer(null, technical);
                break;
            case 1: // Lost on the way back.
                world.After(wait, () => Once(key, content, execute, out _));
                back = ClientTimeout;
                Answer(null, technical);
                break;
            case 2: // Carried out long after the client gave up.
                world.After(world.Chance.Between(ClientTimeout, TimeSpan.FromMinutes(30)), () => Once(key, content, execute, out _));
                back = ClientTimeout;
                Answer(null, technical);
                break;
            case 3: // Refused for its rate: not carried out, and the key stays unused.
                Answer(null, technical);
                break;
            case 4: // Carried out, and answered with an error that the key keeps.
                world.After(wait, () =>
                {
                    Once(key, content, execute, out _);
                    Keep(key, content, technical);
                    Answer(null, technical);
                });
                break;
            case 5: // Not carried out, and answered with an error that the key keeps.
                world.After(wait, () =>
                {
                    Answer(Once<T>(key, content, () => (null, technical), out var problem), problem);
                });
                break;
            default: // Answered with an error that the key keeps, and carried out later after all.
                world.After(wait, () =>
                {
                    var again = key is not null && _keys.ContainsKey(key);
                    Answer(Once<T>(key, content, () => (null, technical), out var problem), problem);
                    if (!again) world.After(world.Chance.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(40)), () => execute());
                });
                break;
        }
    }

    /// <summary>Creates an intent, unconfirmed.</summary>
    public (IntentReading?, StripeProblem?) Create(string purchaseKey, string customer, StripeCard? card, long amount)
    {
        if (card is not { Attached: true }) return (null, Refused("resource_missing", "payment_method"));
        var reading = new IntentReading
        {
            Id = Id("pi"), Status = IntentStatus.RequiresConfirmation, Amount = amount, AmountReceived = 0, Currency = "AUD", CustomerId = customer, PurchaseKey = purchaseKey, LiveMode = false,
        };
        Intents.Add(new StripeIntent { Reading = reading, Card = card, At = world.Now });
        world.Tell($"stripe: created {reading.Id} for {purchaseKey}");
        return (reading, null);
    }

    /// <summary>Confirms an intent: this charges, at most once.</summary>
    public (IntentReading?, StripeProblem?) Confirm(string intentId, bool automatic)
    {
        var intent = Find(intentId);
        if (intent.Reading.Status != IntentStatus.RequiresConfirmation) return (null, Refused("payment_intent_unexpected_state", null));
        if (!intent.Card.Attached) return (null, Refused("payment_method_unexpected_state", "payment_method"));

        var month = (world.Now.Year * 12) + world.Now.Month;
        var declined = intent.Card.ExpiryMonth < month ? "expired_card" : intent.Card.Temper == CardTemper.Declines ? "card_declined" : null;
        if (declined is null && intent.Card.Temper == CardTemper.WantsOwner)
        {
            if (automatic) declined = "authentication_required";
            else return (AskOwner(intent), null);
        }

        if (declined is not null)
        {
            Decline(intent, automatic, declined);
            return (null, new() { Kind = ProblemKind.Declined, Code = declined });
        }

        if (world.Chance.PerMille(30))
        {
            intent.Reading = intent.Reading with { Status = IntentStatus.Processing };
            world.After(world.Chance.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)), () => Pay(intent, automatic));
        }
        else
        {
            Pay(intent, automatic);
        }

        return (intent.Reading, null);
    }

    /// <summary>Cancels an intent.</summary>
    public (IntentReading?, StripeProblem?) Cancel(string intentId)
    {
        var intent = Find(intentId);
        if (intent.Reading.Status is IntentStatus.Succeeded or IntentStatus.Canceled or IntentStatus.Processing) return (null, Refused("payment_intent_unexpected_state", null));
        intent.Reading = intent.Reading with { Status = IntentStatus.Canceled, NextActionUrl = null };
        Notify(intent.Reading.PurchaseKey!, false);
        return (intent.Reading, null);
    }

    /// <summary>Reads an intent.</summary>
    public (IntentReading?, StripeProblem?) Read(string intentId) => (Find(intentId).Reading, null);

    /// <summary>Finds an intent of a purchase that is not cancelled.</summary>
    public (IntentReading?, StripeProblem?) FindOf(string customer, DateTimeOffset since, string purchaseKey) =>
        (Of(purchaseKey).LastOrDefault(intent => intent.Reading.CustomerId == customer && intent.At >= since && intent.Reading.Status != IntentStatus.Canceled)?.Reading, null);

    /// <summary>Makes a refund.</summary>
    public (RefundReading?, StripeProblem?) Refund(string intentId, long amount, string? operationId)
    {
        var intent = Find(intentId);
        if (intent.Reading.Status != IntentStatus.Succeeded) return (null, Refused("charge_not_paid", null));
        if (intent.Disputes.Any(dispute => dispute.Status is not ("won" or "warning_closed"))) return (null, Refused("charge_disputed", null));
        var left = intent.Reading.Amount - intent.Refunds.Where(refund => refund.Status is not ("failed" or "canceled")).Sum(refund => refund.Amount);
        if (left == 0) return (null, Refused("charge_already_refunded", null));
        if (amount > left) return (null, Refused(null, "amount"));

        var refund = new RefundReading
        {
            Id = Id("re"), IntentId = intentId, Amount = amount, Currency = "AUD", Status = world.Chance.PerMille(500) ? "pending" : "succeeded", CreatedAt = world.Now, OperationId = operationId,
        };
        intent.Refunds.Add(refund);
        world.Tell($"stripe: {refund.Id} of {amount} on {intentId}, {refund.Status}");
        Notify(intent.Reading.PurchaseKey!, true);
        if (world.Chance.PerMille(300)) world.After(world.Chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(6)), () => Become(world.Chance.PerMille(600) ? "failed" : "succeeded"));
        else if (refund.Status == "pending") world.After(world.Chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(6)), () => Become("succeeded"));
        return (refund, null);

        void Become(string status)
        {
            intent.Refunds[intent.Refunds.FindIndex(one => one.Id == refund.Id)] = refund with { Status = status };
            world.Tell($"stripe: {refund.Id} {status}");
            Notify(intent.Reading.PurchaseKey!, true);
        }
    }

    /// <summary>The bank opens a dispute, which then goes its way.</summary>
    public void Dispute(StripeIntent intent)
    {
        if (intent.Disputes.Count > 0) return;
        var inquiry = world.Chance.PerMille(250);
        var dispute = new DisputeReading
        {
            Id = Id("dp"), IntentId = intent.Reading.Id, Amount = world.Chance.PerMille(800) ? intent.Reading.Amount : Math.Max(1, intent.Reading.Amount / 2), Currency = "AUD",
            Status = inquiry ? "warning_needs_response" : "needs_response", CreatedAt = world.Now, Reason = "fraudulent",
        };
        intent.Disputes.Add(dispute);
        world.Tell($"stripe: {dispute.Id} of {dispute.Amount} on {intent.Reading.Id}, {dispute.Status}");
        Notify(intent.Reading.PurchaseKey!, true);
        var end = inquiry ? "warning_closed" : world.Chance.Pick("won", "lost");
        var wait = world.Chance.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(20));
        if (end == "won" && world.Chance.PerMille(500)) world.After(wait / 2, () => Become(dispute.Status, reinstated: true));
        world.After(wait, () => Become(end, reinstated: end == "won"));

        void Become(string status, bool reinstated)
        {
            var at = intent.Disputes.FindIndex(one => one.Id == dispute.Id);
            intent.Disputes[at] = intent.Disputes[at] with { Status = status, Reinstated = reinstated };
            world.Tell($"stripe: {dispute.Id} {status} {reinstated}");
            Notify(intent.Reading.PurchaseKey!, true);
        }
    }

    /// <summary>The card network warns of fraud.</summary>
    public void Warn(StripeIntent intent)
    {
        intent.Warnings.Add(Id("issfr"));
        intent.WarnedAt = world.Now;
        Notify(intent.Reading.PurchaseKey!, true);
    }

    /// <summary>The lists of an intent.</summary>
    public (MoneyReading?, StripeProblem?) ReadMoney(string intentId)
    {
        var intent = Find(intentId);
        return (new MoneyReading { Refunds = [.. intent.Refunds], Disputes = [.. intent.Disputes], Warnings = [.. intent.Warnings] }, null);
    }

    private static StripeProblem Refused(string? code, string? parameter) => new() { Kind = ProblemKind.Refused, Code = code, Parameter = parameter };

    private StripeIntent Find(string id) => Intents.Find(intent => intent.Reading.Id == id) ?? throw new InvalidOperationException($"Nobody could know {id}.");

    private IntentReading AskOwner(StripeIntent intent)
    {
        intent.Reading = intent.Reading with { Status = IntentStatus.RequiresAction, NextActionUrl = "https://bank" };
        Notify(intent.Reading.PurchaseKey!, false);
        var wait = world.Chance.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(75));
        var does = world.Chance.Below(10);
        if (does < 8)
        {
            world.After(wait, () =>
            {
                if (intent.Reading.Status != IntentStatus.RequiresAction) return;
                if (does < 6) Pay(intent, automatic: false);
                else Decline(intent, automatic: false, "payment_intent_authentication_failure");
            });
        }

        return intent.Reading;
    }

    private void Pay(StripeIntent intent, bool automatic)
    {
        intent.Charges.Add(world.Now);
        intent.Reading = intent.Reading with { Status = IntentStatus.Succeeded, AmountReceived = intent.Reading.Amount, NextActionUrl = null, ErrorCode = null };
        Attempts.Add(new(intent.Reading.PurchaseKey!, world.Now, automatic, Paid: true));
        world.Tell($"stripe: {intent.Reading.Id} CHARGED {intent.Reading.Amount}");
        Notify(intent.Reading.PurchaseKey!, false);
    }

    private void Decline(StripeIntent intent, bool automatic, string code)
    {
        intent.Reading = intent.Reading with { Status = IntentStatus.RequiresPaymentMethod, ErrorCode = code, NextActionUrl = null };
        Attempts.Add(new(intent.Reading.PurchaseKey!, world.Now, automatic, Paid: false));
        world.Tell($"stripe: {intent.Reading.Id} declined, {code}");
        Notify(intent.Reading.PurchaseKey!, false);
    }

    private T? Once<T>(string? key, string content, Func<(T? Value, StripeProblem? Problem)> execute, out StripeProblem? problem) where T : class
    {
        if (key is not null && _keys.TryGetValue(key, out var kept) && world.Now - kept.At < KeyLife)
        {
            problem = kept.Content != content
                ? new() { Kind = ProblemKind.Refused, Code = "idempotency_error", KeySpent = true }
                : kept.Problem is { Kind: ProblemKind.Technical } error ? error with { KeySpent = true } : kept.Problem;
            return problem is null ? (T?)kept.Value : null;
        }

        (var value, problem) = execute();
        if (key is not null) _keys[key] = new(content, value, problem, world.Now);
        return value;
    }

    private void Keep(string? key, string content, StripeProblem problem)
    {
        if (key is not null) _keys[key] = new(content, null, problem, world.Now);
    }

    private sealed record Kept(string Content, object? Value, StripeProblem? Problem, DateTimeOffset At);
}
