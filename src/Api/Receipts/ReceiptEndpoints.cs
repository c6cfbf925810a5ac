using System.Text;
using Connect.Api.Auth;
using Connect.Api.Endpoints;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Receipts;

/// <summary>The receipt of a purchase.</summary>
internal static class ReceiptEndpoints
{
    public static void MapReceipts(this RouteGroupBuilder account) => account.MapGroup("/purchases").Needs(Need.ReadCredits).WithTags("Purchases")
        .MapGet("/{purchaseId}/receipt", Get).Produces<string>(StatusCodes.Status200OK, "text/html")
        .WithName("getReceipt").WithSummary("The receipt of a purchase that was paid, a page to print.");

    private static async Task<Results<ContentHttpResult, ProblemResult>> Get(string accountId, string purchaseId, HttpResponse response, Signed by, ReceiptService receipts)
    {
        var answer = await receipts.Get(by.Caller, accountId, purchaseId);
        if (answer.Problem is { } problem)
            return problem.ToHttp();

        // It runs nothing and loads nothing, whatever a name in it may hold; and it is nobody else's to keep.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
        response.Headers.CacheControl = "private, no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Text(answer.Value, "text/html", Encoding.UTF8);
    }
}
