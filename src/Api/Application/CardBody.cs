using System.Collections.Immutable;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>A saved card, as much of it as may be shown.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Brand">Such as visa.</param>
/// <param name="Last4">Last four digits.</param>
/// <param name="ExpMonth">Month of expiry, 1 to 12; the card is good to the end of it.</param>
/// <param name="ExpYear">Year of expiry, four digits.</param>
/// <param name="IsDefault">Whether it is charged when no card is named.</param>
/// <param name="Expired">Whether it is past its date: auto top-up does not try it.</param>
/// <param name="ExpiresSoon">Whether it will be past its date in 30 days.</param>
public sealed record CardBody(string Id, string Brand, string Last4, int ExpMonth, int ExpYear, bool IsDefault, bool Expired, bool ExpiresSoon)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>The card as it stands at a time.</summary>
    public static CardBody Of(SavedCard card, DateTimeOffset now) => new(
        card.Id, card.Brand, card.Last4, card.ExpMonth, card.ExpYear, card.IsDefault, card.IsExpiredAt(now), !card.IsExpiredAt(now) && card.IsExpiredAt(now + Soon));

    /// <summary>The cards as they stand at a time, in their order.</summary>
    public static ImmutableArray<CardBody> Of(ImmutableArray<SavedCard> cards, DateTimeOffset now) => [.. cards.Select(card => Of(card, now))];
}
