using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using CsCheck;
using static Connect.Grains.Tests.Purchases.Engine.PurchaseBuild;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>
/// Random histories of crashes, lost answers, spent keys and late executions against a small Stripe of its own: the money moves at most once,
/// it moved exactly when the credits are there, and a bank that said no is not asked again.
/// </summary>
public sealed class CrashProperties
{
    /// <summary>What goes wrong with one call.</summary>
    private enum Mishap
    {
        None, LostBefore, LostAfter, KeptErrorAfter, ExecutedLater, CrashBeforeSave, CrashAfterSave, CrashAfterCall, LongOutage, LateExecution, Prompt, PromptAnsweredLost,
    }

    private enum Bank
    {
        Pays, Declines, WantsCustomer,
    }

    [Fact]
    public void Money_moves_at_most_once_and_exactly_when_credits_are_given_and_a_decline_is_final() =>
        Gen.Select(Gen.Bool, Gen.Enum<Bank>(), Gen.Enum<Mishap>().Array[0, 40], Gen.Bool).Sample(
            (automatic, bank, mishaps, customerActs) => Run(automatic, bank, mishaps, customerActs), iter: 20_000);

    private static void Run(bool automatic, Bank bank, Mishap[] mishaps, bool customerActs)
    {
        var stripe = new ModelStripe(bank);
        var grants = new HashSet<string>();
        var durable = automatic ? PurchaseDecider.RequestTopUp(Thousand, null, Noon) : PurchaseDecider.Request(Quoted, Card, "anna", Noon);
        var now = Noon;
        var queue = new Queue<Mishap>(mishaps);

        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 3_000, $"It never ends: {durable}");
            var mishap = queue.TryDequeue(out var next) ? next : Mishap.None;
            if (mishap == Mishap.LateExecution) stripe.RunLate();
            if (mishap == Mishap.LongOutage) now += TimeSpan.FromHours(25);

            var prompted = mishap is Mishap.Prompt or Mishap.PromptAnsweredLost ? PurchaseDecider.Prompted(durable) : null;
            var step = prompted ?? PurchaseDecider.Next(durable, now);
            if (mishap == Mishap.CrashBeforeSave) continue;
            durable = step.State;
            if (mishap == Mishap.CrashAfterSave) continue;
            if (step.Call == PurchaseCall.Nothing) break;
            if (step.Call == PurchaseCall.Wait)
            {
                if (durable.Phase == PurchasePhase.RequiresAction && customerActs) stripe.CustomerActs();
                now = step.Until!.Value;
                continue;
            }

            var learned = step.Call switch
            {
                PurchaseCall.ChooseCard => new Learned.CardChosen(Card with { Card = Card.Card with { ExpYear = 2030 } }),
                PurchaseCall.GrantCredits => Grant(grants),
                PurchaseCall.TellAccount => new Learned.AccountTold(),
                _ => stripe.Ask(step.Call, durable, mishap),
            };
            if (mishap == Mishap.CrashAfterCall) continue;
            durable = PurchaseDecider.Learn(durable, Key, step.Call, learned, now);
        }

        stripe.RunLate();
        for (var again = 0; again < 2 && PurchaseDecider.Prompted(durable) is { } late; again++)
            durable = PurchaseDecider.Learn(late.State, Key, late.Call, stripe.Ask(late.Call, late.State, again == 0 ? Mishap.PromptAnsweredLost : Mishap.None), now);
        Assert.True(stripe.Charges <= 1, $"Charged {stripe.Charges} times: {durable}");
        Assert.True(stripe.Declines <= 1, $"Declined {stripe.Declines} times: {durable}");
        Assert.Equal(stripe.Charges == 1, durable.Phase == PurchasePhase.Credited);
        Assert.Equal(stripe.Charges, grants.Count);
        Assert.NotEqual(PurchasePhase.NeedsReview, durable.Phase);
    }

    private static Learned.CreditsGranted Grant(HashSet<string> grants)
    {
        grants.Add(PurchaseKeys.Grant("p"));
        return new();
    }

    /// <summary>As much of Stripe as matters here: keys that keep answers, statuses that only go forward, an execution that may come late.</summary>
    private sealed class ModelStripe(Bank bank)
    {
        private readonly Dictionary<string, Learned> _kept = [];
        private readonly List<IntentReading> _intents = [];
        private readonly List<Action> _late = [];

        public int Charges { get; private set; }

        public int Declines { get; private set; }

        public void RunLate()
        {
            foreach (var late in _late.ToArray()) late();
            _late.Clear();
        }

        public void CustomerActs()
        {
            for (var i = 0; i < _intents.Count; i++)
                if (_intents[i].Status == IntentStatus.RequiresAction) Pay(i);
        }

        public Learned Ask(PurchaseCall call, PurchaseState purchase, Mishap mishap)
        {
            var unknown = new Learned.CallFailed(Technical());
            if (mishap == Mishap.LostBefore) return unknown;

            var key = call switch
            {
                PurchaseCall.CreateIntent => PurchaseKeys.Create(Key, purchase.IntentNumber),
                PurchaseCall.ConfirmIntent => PurchaseKeys.Confirm(Key, purchase.IntentNumber, purchase.ConfirmNumber),
                _ => null,
            };
            if (key is not null && _kept.TryGetValue(key, out var kept)) return kept;
            if (mishap == Mishap.ExecutedLater && key is not null)
            {
                _kept[key] = new Learned.CallFailed(Technical(keySpent: true));
                _late.Add(() => Execute(call, purchase));
                return unknown;
            }

            var answer = Execute(call, purchase);
            if (key is not null) _kept[key] = mishap == Mishap.KeptErrorAfter ? new Learned.CallFailed(Technical(keySpent: true)) : answer;
            return mishap is Mishap.LostAfter or Mishap.KeptErrorAfter or Mishap.PromptAnsweredLost ? unknown : answer;
        }

        private Learned Execute(PurchaseCall call, PurchaseState purchase)
        {
            if (call == PurchaseCall.CreateIntent)
            {
                _intents.Add(Intent(IntentStatus.RequiresConfirmation) with { Id = $"pi_{_intents.Count + 1}" });
                return new Learned.IntentRead(_intents[^1]);
            }

            if (call == PurchaseCall.FindIntent)
                return _intents.LastOrDefault(intent => intent.Status != IntentStatus.Canceled) is { } found ? new Learned.IntentRead(found) : new Learned.IntentMissing();

            var at = _intents.FindIndex(intent => intent.Id == purchase.IntentId);
            if (call == PurchaseCall.ConfirmIntent) return Confirm(at, purchase.Automatic);
            if (call == PurchaseCall.CancelIntent)
            {
                if (_intents[at].Status == IntentStatus.Succeeded || _intents[at].Status == IntentStatus.Canceled) return Refused();
                _intents[at] = _intents[at] with { Status = IntentStatus.Canceled };
            }

            return new Learned.IntentRead(_intents[at]);
        }

        private Learned Confirm(int at, bool automatic)
        {
            if (_intents[at].Status != IntentStatus.RequiresConfirmation) return Refused();
            if (bank == Bank.Pays) Pay(at);
            else if (bank == Bank.WantsCustomer && !automatic) _intents[at] = _intents[at] with { Status = IntentStatus.RequiresAction, NextActionUrl = "https://bank" };
            else
            {
                Declines++;
                _intents[at] = _intents[at] with { Status = IntentStatus.RequiresPaymentMethod, ErrorCode = "card_declined" };
                return new Learned.CallFailed(new() { Kind = ProblemKind.Declined, Code = "card_declined" });
            }

            return new Learned.IntentRead(_intents[at]);
        }

        private void Pay(int at)
        {
            Charges++;
            _intents[at] = _intents[at] with { Status = IntentStatus.Succeeded, AmountReceived = 9_790, NextActionUrl = null };
        }

        private static Learned.CallFailed Refused() => new(new() { Kind = ProblemKind.Refused, Code = "payment_intent_unexpected_state" });
    }
}
