using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Purchases;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Purchases: 200 when it has ended, 202 while it goes on, 402 when the card was refused.</summary>
internal static class PurchaseEndpoints
{
    public static void MapPurchases(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("/purchases").WithTags("Purchases");
        group.MapGroup("").Needs(Need.ManageCredits).MapPost("", Confirm).RequireIdempotencyKey("purchases")
            .WithName("createPurchase").WithSummary("Buys at a quoted price with a saved card.");
        group.MapGroup("").Needs(Need.ReadCredits).MapGet("", List).WithName("listPurchases").WithSummary("The purchases that brought credits, newest first; beside the first page, the latest that brought none.");
        group.MapGroup("").Needs(Need.ReadCredits).MapGet("/{purchaseId}", Get).WithName("getPurchase").WithSummary("How far a purchase is.");
    }

    private static async Task<Results<Ok<PurchaseBody>, Accepted<PurchaseBody>, ProblemResult>> Confirm(
        string accountId, PurchaseRequest request, Signed by, PurchasesService purchases)
    {
        if (string.IsNullOrEmpty(request.QuoteId))
            return Refuse.Validation("quoteId", "Ask for a quote first, then confirm it by its id.").ToHttp();
        var answer = await purchases.Confirm(by.Caller, accountId, request.QuoteId, request.CardId);
        if (answer.Problem is { } problem)
            return problem.ToHttp();
        var purchase = answer.Value;
        return purchase.Status is PurchaseStatus.Processing or PurchaseStatus.RequiresAction
            ? TypedResults.Accepted($"/v1/accounts/{accountId}/purchases/{purchase.Id}", purchase)
            : TypedResults.Ok(purchase);
    }

    private static async Task<Results<Ok<PurchasesBody>, ProblemResult>> List(
        string accountId, Signed by, PurchasesService purchases, long? after = null, int limit = 20) =>
        (await purchases.List(by.Caller, accountId, after, limit)).ToOk();

    private static async Task<Results<Ok<PurchaseBody>, ProblemResult>> Get(string accountId, string purchaseId, Signed by, PurchasesService purchases) =>
        (await purchases.Get(by.Caller, accountId, purchaseId)).ToOk();
}
