using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>The saved cards of an account, the default one first, and the promise to arm auto top-up again after the default has changed.</summary>
internal sealed class SimulatedCards(World world, SimulatedStripe stripe, SimulatedAccount account)
{
    private readonly List<StripeCard> _cards = [];
    private int _changes;
    private string? _pendingResume;
    private DateTimeOffset _changedAt;
    private DateTimeOffset? _defaultSince;

    /// <summary>Called when something was done that can end a suspension caused by a card.</summary>
    public Action Cured { get; set; } = () => { };

    /// <summary>How many are saved.</summary>
    public int Count => _cards.Count;

    /// <summary>The customer and a card, or null.</summary>
    public ChosenCard? Choose(string? id) =>
        (id is null ? _cards.FirstOrDefault() : _cards.Find(card => card.Id == id)) is { } chosen ? new() { CustomerId = $"cus_{account.Id}", Card = View(chosen), Since = chosen == _cards[0] ? _defaultSince : null } : null;

    /// <summary>The card as Stripe has it, removed ones too.</summary>
    public StripeCard? AtStripe(string id) => _all.GetValueOrDefault(id);

    private readonly Dictionary<string, StripeCard> _all = [];

    /// <summary>A new card, which becomes the default.</summary>
    public void Add(CardTemper temper, int expiryMonth)
    {
        var card = new StripeCard { Id = stripe.Id("pm"), Temper = temper, ExpiryMonth = expiryMonth };
        _all[card.Id] = card;
        _cards.Insert(0, card);
        world.Tell($"{account.Id}: card {card.Id} {temper} to {expiryMonth}");
        Changed();
    }

    /// <summary>The default card is replaced by the bank under the same number.</summary>
    public void Update(CardTemper temper, int expiryMonth)
    {
        if (_cards.Count == 0) return;
        (_cards[0].Temper, _cards[0].ExpiryMonth) = (temper, expiryMonth);
        world.Tell($"{account.Id}: card {_cards[0].Id} now {temper} to {expiryMonth}");
        Changed();
    }

    /// <summary>Removes a card for ever.</summary>
    public void Remove(int at)
    {
        _cards[at].Attached = false;
        world.Tell($"{account.Id}: card {_cards[at].Id} removed");
        _cards.RemoveAt(at);
        if (at == 0) _defaultSince = null;
    }

    /// <summary>Another default.</summary>
    public void MakeDefault(int at)
    {
        if (at == 0) return;
        var card = _cards[at];
        _cards.RemoveAt(at);
        _cards.Insert(0, card);
        Changed();
    }

    /// <summary>What was promised and not done yet is done now, as the reminder would.</summary>
    public void Wake()
    {
        if (_pendingResume is not { } operation || !world.Up) return;
        if (account.Post(new ResumeAutoTopUp { OperationId = operation, Reference = "New default card", Cause = ResumeCause.Card, Since = _changedAt }) is not null) _pendingResume = null;
        else world.Later(TimeSpan.FromMinutes(1), Wake);
    }

    private void Changed()
    {
        Cured();
        _changedAt = world.Now;
        _defaultSince = world.Now;
        _pendingResume = FormattableString.Invariant($"card:{_cards[0].Id}:{++_changes}");
        world.Later(TimeSpan.FromMilliseconds(50), Wake);
    }

    private static SavedCard View(StripeCard card) => new()
    {
        Id = card.Id, Brand = "visa", Last4 = "4242", ExpMonth = ((card.ExpiryMonth - 1) % 12) + 1, ExpYear = (card.ExpiryMonth - 1) / 12, IsDefault = true,
    };
}
