using Connect.Accounts;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Credits, pricing, quotes, ledger.</summary>
internal static class CreditsEndpoints
{
    public static void MapPricing(this RouteGroupBuilder v1) =>
        v1.MapGet("/pricing", async (CreditsService credits) => TypedResults.Ok(await credits.GetPricing()))
            .WithName("getPricing").WithSummary("The price list that is in force.").WithTags("Credits").AllowAnonymous();

    public static void MapCredits(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("").Needs(Need.ReadCredits).WithTags("Credits");
        group.MapGet("/credits", Get).WithName("getCredits").WithSummary("What the account has: available, batches, auto top-up.");
        group.MapGet("/ledger", Ledger).WithName("listLedger").WithSummary("Every entry, oldest first.");
        account.MapGroup("").Needs(Need.ManageCredits).WithTags("Credits")
            .MapPost("/quotes", Quote).WithName("createQuote").WithSummary("Freezes a price for 15 minutes.");
    }

    private static async Task<Results<Ok<CreditsBody>, ProblemResult>> Get(string accountId, Signed by, CreditsService credits) =>
        (await credits.GetCredits(by.Caller, accountId)).ToOk();

    private static async Task<Results<Ok<QuoteBody>, ProblemResult>> Quote(string accountId, QuoteRequest request, Signed by, CreditsService credits) =>
        request.Credits is { } quantity
            ? (await credits.Quote(by.Caller, accountId, quantity)).ToOk()
            : Refuse.Validation("credits", "Say how many credits to buy.").ToHttp();

    private static async Task<Results<Ok<LedgerPage>, ProblemResult>> Ledger(
        string accountId, Signed by, CreditsService credits, long after = 0, int limit = 100) =>
        (await credits.GetLedger(by.Caller, accountId, after, limit)).ToOk();
}
