using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Components;

namespace Connect.Api.Components;

/// <summary>The way to the payment provider's page for a card, and back.</summary>
internal static class HostedCard
{
    /// <summary>Leaves for the hosted page. It comes back to path <paramref name="done"/> with the card saved, or to <paramref name="canceled"/> without.</summary>
    public static async Task<Answer<HostedPage>> Begin(CardsService cards, Caller caller, NavigationManager navigation, string done, string canceled)
    {
        var host = navigation.BaseUri.TrimEnd('/');
        var comeBack = $"{host}/v1/accounts/{caller.AccountId}/cards/return?next={Uri.EscapeDataString(done)}";
        var page = await cards.BeginSetup(caller, caller.AccountId, comeBack, host + canceled);
        if (page.Problem is null)
            navigation.NavigateTo(page.Value.Url, forceLoad: true);
        return page;
    }
}
