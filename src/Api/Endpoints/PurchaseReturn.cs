using Connect.Api.Application;

namespace Connect.Api.Endpoints;

/// <summary>
/// Where the bank's page sends the customer back to. It needs no sign-in and tells nothing: whatever is in the address, it has the purchase looked at, if there
/// is one, and goes on to the page that shows it to who may see it. Coming back twice, late or never changes nothing.
/// </summary>
internal static class PurchaseReturn
{
    public static void MapPurchaseReturn(this IEndpointRouteBuilder app) =>
        app.MapGet("/purchases/{accountId}/{purchaseId}/return", Return).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> Return(string accountId, string purchaseId, PurchasesService purchases)
    {
        if (!Names.IsId(accountId) || !Names.IsId(purchaseId))
            return TypedResults.LocalRedirect("/");
        await purchases.CameBack(accountId, purchaseId);
        return TypedResults.LocalRedirect($"/credits/buy?purchase={purchaseId}");
    }
}
