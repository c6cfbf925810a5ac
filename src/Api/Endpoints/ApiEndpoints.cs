using Connect.Api.Receipts;

namespace Connect.Api.Endpoints;

/// <summary>The whole HTTP API. Everything under /v1 needs a sign-in unless it says otherwise.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1").RequireAuthorization();
        v1.MapPricing();
        v1.MapOperator();
        v1.MapOperatorPayments();
        v1.MapOperatorMessaging();

        var account = v1.MapGroup("/accounts/{accountId}");
        account.MapCredits();
        account.MapPurchases();
        account.MapReceipts();
        account.MapCards();
        account.MapAutoTopUp();
        account.MapCampaigns();
        account.MapAutomations();
        account.MapMessaging();
        account.MapAlerts();
        account.MapEvents();
        app.MapPurchaseReturn();
    }
}
