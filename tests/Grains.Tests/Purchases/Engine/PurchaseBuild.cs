using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>Purchases and answers for the cases: 1,000 credits for A$97.90, purchase <c>a/p</c>, intent <c>pi_1</c> of customer <c>cus_1</c>.</summary>
internal static class PurchaseBuild
{
    public const string Key = "a/p";
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static readonly Price Thousand =
        new() { Credits = 1_000, UnitPrice = 0.089m, Subtotal = Money.Aud(8_900), Tax = Money.Aud(890), Total = Money.Aud(9_790) };

    public static readonly ChosenCard Card = new()
    {
        CustomerId = "cus_1", Card = new() { Id = "pm_1", Brand = "visa", Last4 = "0341", ExpMonth = 11, ExpYear = 2026, IsDefault = true },
    };

    public static PurchaseState Quoted => new() { Phase = PurchasePhase.Quoted, Price = Thousand, QuoteExpiresAt = Noon.AddMinutes(15) };

    public static PurchaseState Manual(PurchasePhase phase) => phase switch
    {
        PurchasePhase.Requested => PurchaseDecider.Request(Quoted, Card, "anna", Noon),
        PurchasePhase.IntentCreated => Manual(PurchasePhase.Requested) with { Phase = phase, CreatingSince = Noon, IntentId = "pi_1", LiveMode = false },
        PurchasePhase.Confirming => Manual(PurchasePhase.IntentCreated) with { Phase = phase, ConfirmingSince = Noon },
        PurchasePhase.RequiresAction => Manual(PurchasePhase.Confirming) with { Phase = phase, ActionSince = Noon, NextActionUrl = "https://bank/1" },
        _ => Manual(PurchasePhase.Confirming) with { Phase = phase },
    };

    public static PurchaseState Automatic(PurchasePhase phase) => Manual(phase) with { Automatic = true, Actor = "auto top-up" };

    public static IntentReading Intent(IntentStatus status) => new()
    {
        Id = "pi_1", Status = status, Amount = 9_790, AmountReceived = status == IntentStatus.Succeeded ? 9_790 : 0, Currency = "AUD", CustomerId = "cus_1", PurchaseKey = Key,
        LiveMode = false, NextActionUrl = status == IntentStatus.RequiresAction ? "https://bank/1" : null,
    };

    public static StripeProblem Technical(bool keySpent = false) => new() { Kind = ProblemKind.Technical, KeySpent = keySpent, Message = "503" };

    public static PurchaseState Reads(this PurchaseState purchase, IntentReading intent, DateTimeOffset? at = null) =>
        PurchaseDecider.Learn(purchase, Key, PurchaseCall.ReadIntent, new Learned.IntentRead(intent), at ?? Noon);

    public static PurchaseState Fails(this PurchaseState purchase, PurchaseCall call, StripeProblem problem, DateTimeOffset? at = null) =>
        PurchaseDecider.Learn(purchase, Key, call, new Learned.CallFailed(problem), at ?? Noon);

    public static PurchaseState Learns(this PurchaseState purchase, PurchaseCall call, Learned learned, DateTimeOffset? at = null) =>
        PurchaseDecider.Learn(purchase, Key, call, learned, at ?? Noon);

    public static PurchaseStep Next(this PurchaseState purchase, DateTimeOffset? at = null) => PurchaseDecider.Next(purchase, at ?? Noon);
}
