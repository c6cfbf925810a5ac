using System.Collections.Immutable;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Components;

namespace Connect.Api.Components;

/// <summary>The way to the payment provider's page for a card, and back.</summary>
internal static class HostedCard
{
    private const string None = "none";

    /// <summary>
    /// Leaves for the hosted page. It comes back to <paramref name="path"/>, with <c>card</c> in its query when it was finished: what the default card was
    /// before, so that <see cref="Saved"/> can tell whether there is a new one.
    /// </summary>
    public static async Task<Answer<HostedPage>> Begin(
        CardsService cards, Caller caller, NavigationManager navigation, string path, ImmutableArray<CardBody> saved)
    {
        var host = navigation.BaseUri.TrimEnd('/');
        var done = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}card={(saved.IsEmpty ? None : saved[0].Id)}";
        var comeBack = $"{host}/v1/accounts/{caller.AccountId}/cards/return?next={Uri.EscapeDataString(done)}";
        var page = await cards.BeginSetup(caller, caller.AccountId, comeBack, host + path);
        if (page.Problem is null)
            navigation.NavigateTo(page.Value.Url, forceLoad: true);
        return page;
    }

    /// <summary>Whether the hosted page ended with a new card; null when the person does not come from there.</summary>
    public static bool? Saved(string? note, ImmutableArray<CardBody> cards) => note is null ? null : !cards.IsEmpty && cards[0].Id != note;
}
