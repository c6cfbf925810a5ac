using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>One run: people, cards, crashes, webhooks and sweeps around the real deciders, and then the audit.</summary>
internal sealed class Story
{
    private const long MostEvents = 50_000;
    private readonly World _world;
    private readonly SimulatedStripe _stripe;
    private readonly Auditor _auditor;
    private readonly List<SimulatedAccount> _accounts = [];
    private readonly Dictionary<string, SimulatedCards> _cards = [];
    private readonly Dictionary<string, SimulatedPurchase> _purchases = [];
    private readonly Dictionary<string, SimulatedMoneyBack> _moneyBacks = [];
    private readonly Dictionary<string, (string Key, int Tries, bool Done)> _inbox = [];
    private readonly List<(SimulatedAccount Account, string Operation, long Credits)> _debits = [];
    private int _operations;

    private Story(ulong seed, Sabotage sabotage, bool traced)
    {
        _world = new World(seed, sabotage, traced);
        _stripe = new SimulatedStripe(_world) { Notify = Emit };
        _auditor = new Auditor(_world);
    }

    /// <summary>Plays a seed.</summary>
    public static Result Play(ulong seed, Sabotage sabotage = Sabotage.None, bool traced = false)
    {
        var story = new Story(seed, sabotage, traced);
        story.Play();
        return new(seed, story._auditor.Findings, story._world.Events, story._world.Digest, story._stripe.Attempts.Count(attempt => attempt.Paid), story._world.Trace);
    }

    /// <summary>What became of a seed.</summary>
    /// <param name="Seed">The seed.</param>
    /// <param name="Findings">Everything wrong; empty for a clean run.</param>
    /// <param name="Events">Events played.</param>
    /// <param name="Digest">Digest of what happened.</param>
    /// <param name="Charges">Successful charges.</param>
    /// <param name="Trace">What happened, if it was wanted.</param>
    public sealed record Result(ulong Seed, IReadOnlyList<string> Findings, long Events, ulong Digest, int Charges, IReadOnlyList<string>? Trace);

    private void Play()
    {
        var chance = _world.Chance;
        var accounts = chance.Between(1, 3);
        for (var i = 0; i < accounts; i++) Open(FormattableString.Invariant($"a{i}"));
        Sweeps();

        var at = TimeSpan.Zero;
        for (var actions = chance.Between(10, 60); actions > 0; actions--)
        {
            at += chance.Below(10) switch
            {
                < 3 => chance.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)),
                < 6 => chance.Between(TimeSpan.Zero, TimeSpan.FromMinutes(3)),
                < 9 => chance.Between(TimeSpan.Zero, TimeSpan.FromHours(8)),
                _ => chance.Between(TimeSpan.Zero, TimeSpan.FromDays(25)),
            };
            _world.After(at, Act);
        }

        if (!Run(at)) return;
        _world.Calm();
        if (!_world.Up) Restart();
        if (!Run(TimeSpan.FromDays(45))) return;
        _auditor.Close(_accounts, _purchases.Values, _stripe, key => !_moneyBacks.TryGetValue(key, out var back) || back.Stored is null || MoneyBackDecider.Settled(back.Stored));
    }

    private bool Run(TimeSpan time)
    {
        if (_world.RunUntil(_world.Now + time, MostEvents)) return true;
        _auditor.Findings.Add($"it never ends: more than {MostEvents} events");
        return false;
    }

    private void Open(string id)
    {
        SimulatedAccount account = null!;
        account = new SimulatedAccount(_world, id, (purchase, order) => Purchase(account, purchase).StartTopUp(PriceOf(order.Credits), order.SpendLimit));
        _accounts.Add(account);
        _auditor.Watch(account);
        _cards[id] = new SimulatedCards(_world, _stripe, account) { Cured = () => _auditor.Cure(id) };
        while (account.Post(new OpenAccount { OperationId = "open" }) is null)
        {
            // Nobody uses an account before it is open.
        }

        AddCard(account);
        if (_world.Chance.PerMille(700)) SetTopUp(account);
    }

    // What a person or a person's program does.
    private void Act()
    {
        var chance = _world.Chance;
        var account = _accounts[chance.Below(_accounts.Count)];
        var cards = _cards[account.Id];
        switch (chance.Below(40))
        {
            case < 6:
                Buy(account);
                break;
            case < 19:
                Debit(account);
                break;
            case < 22:
                Reverse();
                break;
            case < 24:
                Give(account);
                break;
            case 24:
                AddCard(account);
                break;
            case 25:
                cards.Update(Temper(), Expiry());
                break;
            case 26 when cards.Count > 0:
                cards.Remove(chance.Below(cards.Count));
                break;
            case 27 when cards.Count > 0:
                cards.MakeDefault(chance.Below(cards.Count));
                break;
            case < 30:
                SetTopUp(account);
                break;
            case 30:
                _auditor.Cure(account.Id);
                account.Post(new ResumeAutoTopUp { OperationId = Operation("retry"), Cause = ResumeCause.Owner });
                break;
            case 31:
                _auditor.Cure(account.Id);
                _auditor.OperatorResumes(account.Id);
                account.Post(new ResumeAutoTopUp { OperationId = Operation("allow"), Cause = ResumeCause.Operator });
                break;
            case < 34:
                Refund();
                break;
            case 34:
                if (Paid() is { } disputed) _stripe.Dispute(disputed);
                break;
            case 35:
                if (Paid() is { } warned && chance.PerMille(300)) _stripe.Warn(warned);
                break;
            case 36:
                if (account.Settled() is { Live: { IsEmpty: false } live }) account.Post(new VoidBatch { OperationId = Operation("void"), BatchId = live[chance.Below(live.Length)].Id });
                break;
            default:
                Crash();
                break;
        }
    }

    private void Buy(SimulatedAccount account)
    {
        var (price, purchase) = (PriceOf(_world.Chance.Between(1, 60) * 50), Purchase(account, Operation("p")));
        purchase.Confirm(price, null);
        if (_world.Chance.PerMille(200)) _world.Later(_world.Chance.Between(TimeSpan.Zero, TimeSpan.FromSeconds(4)), () => purchase.Confirm(price, null));
    }

    private void Debit(SimulatedAccount account)
    {
        if (account.Settled() is not { } state) return;
        var credits = _world.Chance.Between(1, (int)Math.Clamp(state.Available * 6 / 10, 1, 2_000));
        var command = new Debit { OperationId = Operation("d"), Credits = credits };
        Repeat(Post);
        if (_world.Chance.PerMille(200)) _world.Later(_world.Chance.Between(TimeSpan.Zero, TimeSpan.FromDays(3)), () => Repeat(Post));

        bool Post()
        {
            if (account.Post(command) is not { } result) return false;
            if (!result.Holds) return true;
            _auditor.Told(account.Id, command.OperationId, result.Credits);
            if (result.Outcome == PostOutcome.Posted) _debits.Add((account, command.OperationId, credits));
            return true;
        }
    }

    private void Reverse()
    {
        if (_debits.Count == 0) return;
        var (account, debit, credits) = _debits[_world.Chance.Below(_debits.Count)];
        var command = new Reverse { OperationId = Operation("r"), DebitOperationId = debit, Credits = _world.Chance.Between(1, (int)credits) };
        Repeat(() => account.Post(command) is not null);
    }

    private void Give(SimulatedAccount account)
    {
        var lifetime = _world.Chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(40));
        var command = new Grant { OperationId = Operation("g"), Source = GrantSource.Promotional, Credits = _world.Chance.Between(1, 800), ExpiresAt = _world.Now + lifetime };
        Repeat(() => account.Post(command) is not null);
    }

    private void AddCard(SimulatedAccount account) => _cards[account.Id].Add(Temper(), Expiry());

    private void SetTopUp(SimulatedAccount account)
    {
        var credits = _world.Chance.Between(1, 20) * 50;
        var settings = new AutoTopUpSettings
        {
            Enabled = _world.Chance.PerMille(850), Threshold = _world.Chance.Between(1, credits), Credits = credits, MonthlyCap = _world.Chance.PerMille(400) ? PriceOf(credits).Total.Amount * _world.Chance.Between(1, 4) : null,
        };
        account.Post(new SetAutoTopUp { OperationId = Operation("s"), Settings = settings });
    }

    private void Refund()
    {
        if (Paid() is not { } intent) return;
        var amount = _world.Chance.PerMille(400) ? (long?)null : Math.Max(1, intent.Reading.Amount * _world.Chance.Between(1, 120) / 100);
        if (_world.Chance.PerMille(300))
        {
            _stripe.Refund(intent.Reading.Id, amount ?? intent.Reading.Amount, operationId: null);
            return;
        }

        var order = new RefundOrder { OperationId = Operation("refund"), Amount = amount, Reason = "asked for", Actor = "operator" };
        Repeat(() => MoneyBack(intent.Reading.PurchaseKey!).Refund(order));
    }

    private StripeIntent? Paid()
    {
        var paid = _stripe.Intents.Where(intent => intent.Charges.Count > 0).ToList();
        return paid.Count == 0 ? null : paid[_world.Chance.Below(paid.Count)];
    }

    private void Crash()
    {
        _world.Crash();
        foreach (var account in _accounts) account.Forget();
        foreach (var purchase in _purchases.Values) purchase.Forget();
        foreach (var back in _moneyBacks.Values) back.Forget();
        _world.After(_world.Chance.PerMille(800) ? _world.Chance.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)) : _world.Chance.Between(TimeSpan.FromMinutes(5), TimeSpan.FromHours(30)), Restart);
    }

    private void Restart()
    {
        if (_world.Up) return;
        _world.Restart();
        foreach (var account in _accounts) account.Wake();
        foreach (var cards in _cards.Values) cards.Wake();
        foreach (var purchase in _purchases.Values) purchase.Wake();
        foreach (var back in _moneyBacks.Values) back.Wake();
        foreach (var (id, notice) in _inbox.ToList())
            if (!notice.Done) WorkOn(id);
        Sweeps();
    }

    // Stripe tells, in its way.
    private void Emit(string purchaseKey, bool money)
    {
        var (chance, copies) = (_world.Chance, 1);
        var longest = TimeSpan.FromSeconds(3);
        var mischief = _world.Webhooks == WebhookMischief.Mixed ? chance.Pick(WebhookMischief.None, WebhookMischief.Late, WebhookMischief.Dropped) : _world.Webhooks;
        if (mischief == WebhookMischief.Dropped) return;
        if (mischief == WebhookMischief.Late) (copies, longest) = (chance.Between(1, 3), TimeSpan.FromDays(3));

        var id = FormattableString.Invariant($"evt_{++_operations}");
        for (; copies > 0; copies--) _world.After(chance.Between(TimeSpan.Zero, longest), () => Deliver(id, purchaseKey, tries: 0));
    }

    private void Deliver(string id, string purchaseKey, int tries)
    {
        if (!_world.Up || _world.Mishap())
        {
            if (tries < 12) _world.After(TimeSpan.FromMinutes(5 << Math.Min(tries, 6)), () => Deliver(id, purchaseKey, tries + 1));
            return;
        }

        if (!_inbox.TryAdd(id, (purchaseKey, 0, false))) return;
        WorkOn(id);
    }

    private void WorkOn(string id)
    {
        var notice = _inbox[id];
        if (_purchases.GetValueOrDefault(notice.Key) is not { } purchase) return;
        _world.Later(TimeSpan.FromMilliseconds(10), () => purchase.Prompt(done =>
        {
            if (!done) Again();
            else MoneyBack(notice.Key).Prompt(settled =>
            {
                if (settled) _inbox[id] = notice with { Done = true };
                else Again();
            });
        }));

        void Again()
        {
            _inbox[id] = notice with { Tries = notice.Tries + 1 };
            _world.Later(TimeSpan.FromSeconds(30 << Math.Min(notice.Tries, 7)), () => WorkOn(id));
        }
    }

    private void Sweeps()
    {
        if (_world.Sabotage == Sabotage.Forgotten) return;
        Every(TimeSpan.FromHours(6), TimeSpan.FromHours(48));
        Every(TimeSpan.FromDays(1), TimeSpan.FromDays(35));

        void Every(TimeSpan period, TimeSpan window) => _world.Later(period, () =>
        {
            Sweep(window);
            Every(period, window);
        });
    }

    // What was paid and is not in the ledger is prompted, and so is money that went back.
    private void Sweep(TimeSpan window)
    {
        var since = _world.Now - window;
        foreach (var intent in _stripe.Intents)
        {
            var key = intent.Reading.PurchaseKey!;
            if (intent.At >= since && intent.Reading.Status == IntentStatus.Succeeded && !Granted(key)) _purchases[key].Prompt(_ => { });
            if (intent.Refunds.Any(refund => refund.CreatedAt >= since) || intent.Disputes.Any(dispute => dispute.CreatedAt >= since) || intent.WarnedAt >= since) MoneyBack(key).Prompt(_ => { });
        }
    }

    private bool Granted(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var operation = $"purchase:{key[(slash + 1)..]}";
        return _accounts.Find(account => account.Id == key[..slash])!.Ledger.Exists(entry => entry.OperationId == operation);
    }

    private SimulatedPurchase Purchase(SimulatedAccount account, string id)
    {
        var key = $"{account.Id}/{id}";
        if (_purchases.TryGetValue(key, out var known)) return known;
        return _purchases[key] = new SimulatedPurchase(_world, _stripe, account, _cards[account.Id], id);
    }

    private SimulatedMoneyBack MoneyBack(string key)
    {
        if (_moneyBacks.TryGetValue(key, out var known)) return known;
        var purchase = _purchases[key];
        return _moneyBacks[key] = new SimulatedMoneyBack(_world, _stripe, _accounts.Find(account => account.Id == key[..key.IndexOf('/', StringComparison.Ordinal)])!, purchase);
    }

    // A caller that got no answer asks again with the same operation id, even after the program was away; some give up.
    private void Repeat(Func<bool> call, int tries = 0)
    {
        if (_world.Up && call()) return;
        if (tries < 20 && !_world.Chance.PerMille(50)) _world.After(TimeSpan.FromSeconds(1 << Math.Min(tries, 12)), () => Repeat(call, tries + 1));
    }

    private CardTemper Temper() => _world.Chance.Pick(CardTemper.Pays, CardTemper.Pays, CardTemper.Pays, CardTemper.Declines, CardTemper.WantsOwner);

    private int Expiry() => (_world.Now.Year * 12) + _world.Now.Month + _world.Chance.Pick(0, 1, 2, 24, 24);

    private string Operation(string kind) => FormattableString.Invariant($"{kind}-{++_operations}");

    private static Price PriceOf(long credits)
    {
        var subtotal = credits * 89 / 10;
        return new()
        {
            Credits = credits, UnitPrice = 0.089m, Subtotal = Money.Aud(subtotal), Tax = Money.Aud(subtotal / 10), Total = Money.Aud(subtotal + (subtotal / 10)),
        };
    }
}
