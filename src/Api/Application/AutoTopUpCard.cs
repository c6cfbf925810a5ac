using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>What the card that auto top-up would charge is good for.</summary>
public enum AutoTopUpCard
{
    /// <summary>It can be charged.</summary>
    Ready,

    /// <summary>It can be charged, but will be past its date in 30 days.</summary>
    ExpiresSoon,

    /// <summary>It is past its date and will not be tried.</summary>
    Expired,

    /// <summary>No card is saved.</summary>
    None,
}

/// <summary>
/// Why auto top-up is not buying, with what is known of the card before it is tried. The account itself knows no cards, so that spending never waits for them.
/// </summary>
public static class AutoTopUpReasons
{
    /// <summary>The state of the default card.</summary>
    public static AutoTopUpCard Card(ImmutableArray<SavedCard> cards, DateTimeOffset now) => cards.FirstOrDefault() is not { } card ? AutoTopUpCard.None
        : CardBody.Of(card, now) switch
        {
            { Expired: true } => AutoTopUpCard.Expired,
            { ExpiresSoon: true } => AutoTopUpCard.ExpiresSoon,
            _ => AutoTopUpCard.Ready,
        };

    /// <summary>The account's own sentence and, while auto top-up is armed, what would keep the next top-up from being paid.</summary>
    public static string Explain(AutoTopUpView view, AutoTopUpCard? card) => (view.Status, card) switch
    {
        (AutoTopUpStatus.Armed, AutoTopUpCard.None) => view.Reason + " No card is saved: add one, or the next top-up can not be paid.",
        (AutoTopUpStatus.Armed, AutoTopUpCard.Expired) => view.Reason + " The card has expired: add a new one, or the next top-up can not be paid.",
        (AutoTopUpStatus.Armed, AutoTopUpCard.ExpiresSoon) => view.Reason + " The card expires soon: add a new one in time.",
        _ => view.Reason,
    };
}
