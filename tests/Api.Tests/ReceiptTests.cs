using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class ReceiptTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task A_paid_purchase_has_a_receipt_with_its_tax_and_its_refunds()
    {
        var (owner, staff, purchase) = await MoneyBackTests.Bought("receipt-1", api);
        var receipt = (await owner.Get($"/v1/accounts/receipt-1/purchases/{purchase}/receipt")).Ok();
        Assert.Equal("text/html", receipt.MediaType);
        Assert.Contains("default-src 'none'", receipt.Headers["Content-Security-Policy"]);
        Assert.Contains("no-store", receipt.Headers["Cache-Control"]);
        Assert.DoesNotContain("<script", receipt.Body);
        foreach (var shown in new[]
        {
            "Tax invoice", $"R-{purchase}", "Connect (demonstration)", "00 000 000 000", "receipt-1", "1,000 SMS credits", "A$0.089", "A$89.00", "A$8.90", "A$97.90", "Visa ending 4242", "(UTC&#x2B;1",
            "Australia/Sydney", "@media print",
        })
            Assert.Contains(shown, receipt.Body);
        Assert.DoesNotContain("Refunds", receipt.Body);

        (await staff.Post($"/v1/operator/accounts/receipt-1/purchases/{purchase}/refunds", new { amount = 979, reason = "<b>not for the receipt</b>" }, "k")).Ok();
        var after = (await staff.Get($"/v1/accounts/receipt-1/purchases/{purchase}/receipt")).Ok().Body;
        Assert.Contains("A$9.79", after);
        Assert.Contains("A$88.11", after);
        Assert.Contains("A$8.01", after);
        Assert.DoesNotContain("not for the receipt", after);
    }

    [Fact]
    public async Task What_was_not_paid_or_is_not_yours_has_no_receipt()
    {
        var (_, _, purchase) = await MoneyBackTests.Bought("receipt-2", api);
        var other = await api.SignIn("receipt-3");
        (await other.Get($"/v1/accounts/receipt-3/purchases/{purchase}/receipt")).Problem(404, "not-found");
        (await other.Get($"/v1/accounts/receipt-2/purchases/{purchase}/receipt")).Problem(403, "account-access-denied");
        (await other.Get("/v1/accounts/receipt-3/purchases/..%2Freceipt-2/receipt")).Problem(404, "not-found");
        (await api.Anonymous().Get($"/v1/accounts/receipt-2/purchases/{purchase}/receipt")).Problem(401, "sign-in-required");
        (await (await api.SignIn("receipt-2", "member", "m")).Get($"/v1/accounts/receipt-2/purchases/{purchase}/receipt")).Problem(403, "billing-access-required");

        (await api.Anonymous().Post("/sandbox/accounts/receipt-3/cards", new { number = "4000000000000341", expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await other.Post("/v1/accounts/receipt-3/quotes", new { credits = 1000 })).Ok().Text("id");
        (await other.Get($"/v1/accounts/receipt-3/purchases/{quote}/receipt")).Problem(404, "not-found");
        (await other.Post("/v1/accounts/receipt-3/purchases", new { quoteId = quote }, "k")).Problem(402, "card-declined");
        (await other.Get($"/v1/accounts/receipt-3/purchases/{quote}/receipt")).Problem(409, "no-receipt");
    }
}
