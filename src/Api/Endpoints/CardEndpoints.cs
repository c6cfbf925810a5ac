using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Saved cards and the way to the hosted page and back.</summary>
internal static class CardEndpoints
{
    public static void MapCards(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("/cards").WithTags("Cards");
        group.MapGroup("").Needs(Need.ReadCredits).MapGet("", List).WithName("listCards").WithSummary("The saved cards, the default one first.");
        var change = group.MapGroup("").Needs(Need.ManageCredits);
        change.MapPost("", Begin).WithName("addCard").WithSummary("The hosted page on which a card is added.");
        group.MapGet("/return", Return).WithName("completeCard").WithSummary("Where the hosted page sends the customer back to; goes on to the page that asked.")
            .AllowAnonymous();
        change.MapPost("/{cardId}/default", SetDefault).WithName("setDefaultCard").WithSummary("Makes a card the one that is charged.");
        change.MapDelete("/{cardId}", Remove).WithName("removeCard").WithSummary("Removes a card.");
    }

    private static async Task<Results<Ok<CardsBody>, ProblemResult>> List(string accountId, Signed by, CardsService cards) =>
        (await cards.List(by.Caller, accountId)).ToOk();

    private static async Task<Results<Ok<HostedPage>, ProblemResult>> Begin(
        string accountId, HttpRequest http, Signed by, CardsService cards, CardSetupRequest? request = null)
    {
        var path = request?.ReturnPath ?? "/";
        if (!LocalPath.IsLocal(path))
            return Refuse.Validation("returnPath", "This must be a path of this host, such as /credits.").ToHttp();
        return (await cards.BeginSetup(by.Caller, accountId, ReturnAddress(http, accountId, path), HostAddress(http) + path)).ToOk();
    }

    private static async Task<IResult> Return(string accountId, CardsService cards, string? session_id = null, string next = "/")
    {
        // A person looks at this: when the provider does not answer, the page they come from shows no new card yet, and its event brings it later.
        if (Names.IsId(accountId) && !string.IsNullOrEmpty(session_id))
            await cards.CameBack(accountId, session_id);
        return TypedResults.LocalRedirect(LocalPath.OrRoot(next));
    }

    private static async Task<Results<Ok<CardsBody>, ProblemResult>> SetDefault(string accountId, string cardId, Signed by, CardsService cards) =>
        (await cards.SetDefault(by.Caller, accountId, cardId)).ToOk();

    private static async Task<Results<Ok<CardsBody>, ProblemResult>> Remove(string accountId, string cardId, Signed by, CardsService cards) =>
        (await cards.Remove(by.Caller, accountId, cardId)).ToOk();

    /// <summary>Where the hosted page sends the customer back to, for a page of this host that goes on at <paramref name="next"/>.</summary>
    internal static string ReturnAddress(HttpRequest http, string accountId, string next) =>
        $"{HostAddress(http)}/v1/accounts/{accountId}/cards/return?next={Uri.EscapeDataString(next)}";

    private static string HostAddress(HttpRequest http) => $"{http.Scheme}://{http.Host}";
}
