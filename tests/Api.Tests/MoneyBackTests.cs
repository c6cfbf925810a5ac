using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>Refunds and disputes over HTTP: the operator gives back, the owner sees it, and everybody else is refused.</summary>
[Collection(SharedApi.Name)]
public sealed class MoneyBackTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task An_operator_gives_money_back_once_and_the_owner_sees_it()
    {
        var (owner, staff, purchase) = await Bought("back-1");
        Assert.Null((await owner.Get($"/v1/accounts/back-1/purchases/{purchase}")).Ok().Json["moneyBack"]);

        var refund = (await Refund(staff, "back-1", purchase, "k1", new { amount = 979, reason = "one tenth was not used" })).Ok();
        Assert.Equal(("succeeded", 100L, 0L, "operator-1"), (refund.Text("status"), refund.Number("credits"), refund.Number("shortfall"), refund.Text("actor")));
        Assert.Equal("""{"amount":979,"currency":"AUD"}""", refund.Json["amount"]!.ToJsonString());
        var again = (await Refund(staff, "back-1", purchase, "k1", new { amount = 979, reason = "one tenth was not used" })).Ok();
        Assert.Equal(refund.Body, again.Body);
        (await Refund(staff, "back-1", purchase, "k1", new { amount = 980, reason = "one tenth was not used" })).Problem(422, "operation-id-reused");

        var seen = (await owner.Get($"/v1/accounts/back-1/purchases/{purchase}")).Ok().Json["moneyBack"]!;
        Assert.Equal((979L, 100L, false), (seen["refunded"]!["amount"]!.GetValue<long>(), seen["credits"]!.GetValue<long>(), seen["disputed"]!.GetValue<bool>()));
        Assert.Equal(refund.Text("id"), Assert.Single(seen["refunds"]!.AsArray())!["id"]!.GetValue<string>());
        Assert.Equal(900, (await owner.Get("/v1/accounts/back-1/credits")).Ok().Number("available"));
        var entry = (await owner.Get("/v1/accounts/back-1/ledger")).Ok().Json["entries"]!.AsArray().Single(entry => entry!["kind"]!.GetValue<string>() == "revoke")!;
        Assert.Equal(("operator-1", -100L), (entry["actor"]!.GetValue<string>(), entry["credits"]!.GetValue<long>()));
        Assert.Contains("one tenth was not used", entry["reference"]!.GetValue<string>());

        var rest = (await Refund(staff, "back-1", purchase, "k2", new { reason = "the rest" })).Ok();
        Assert.Equal((8_811L, 900L), (rest.Json["amount"]!["amount"]!.GetValue<long>(), rest.Number("credits")));
        (await Refund(staff, "back-1", purchase, "k3", new { reason = "once more" })).Problem(409, "already-refunded");
    }

    [Fact]
    public async Task A_refund_that_can_not_be_is_refused_by_name()
    {
        var (owner, staff, purchase) = await Bought("back-2");
        (await Refund(staff, "back-2", purchase, null, new { reason = "x" })).Problem(400, "idempotency-key-required");
        (await Refund(staff, "back-2", purchase, "k1", new { amount = 5 })).Problem(400, "validation", "reason");
        (await Refund(staff, "back-2", purchase, "k2", new { amount = 0, reason = "x" })).Problem(400, "validation", "amount");
        (await Refund(staff, "back-2", purchase, "k3", new { amount = -1, reason = "x" })).Problem(400, "validation", "amount");
        (await Refund(staff, "back-2", purchase, "k3b", new { amount = "all", reason = "x" })).Problem(400, "validation", "amount");
        var tooMuch = (await Refund(staff, "back-2", purchase, "k4", new { amount = 9_791, reason = "x" })).Problem(409, "refund-more-than-left", "amount");
        Assert.Equal(9_790, tooMuch.Number("left"));
        (await Refund(staff, "back-2", "no-such", "k5", new { reason = "x" })).Problem(404, "not-found");
        (await Refund(staff, "back-3", purchase, "k6", new { reason = "x" })).Problem(404, "not-found");
        (await Refund(owner, "back-2", purchase, "k7", new { reason = "x" })).Problem(403, "operator-required");
        (await owner.Get($"/v1/operator/accounts/back-2/purchases/{purchase}")).Problem(403, "operator-required");
        (await owner.Post($"/v1/operator/accounts/back-2/purchases/{purchase}/check")).Problem(403, "operator-required");
        Assert.Equal(1_000, (await owner.Get("/v1/accounts/back-2/credits")).Ok().Number("available"));
    }

    [Fact]
    public async Task Only_an_operator_closes_a_review_with_a_reason_and_only_where_there_is_one()
    {
        var (owner, staff, purchase) = await Bought("back-11");
        var address = $"/v1/operator/accounts/back-11/purchases/{purchase}/review";
        (await owner.Post(address, new { reason = "x" })).Problem(403, "operator-required");
        (await staff.Post(address, new { })).Problem(400, "validation", "reason");
        (await staff.Post(address, new { reason = new string('x', 301) })).Problem(400, "validation", "reason");
        (await staff.Post(address, new { reason = "x" })).Problem(409, "purchase-not-in-review");
        (await staff.Post("/v1/operator/accounts/back-11/purchases/no-such/review", new { reason = "x" })).Problem(404, "not-found");
    }

    [Fact]
    public async Task A_declined_purchase_has_nothing_to_give_back()
    {
        var owner = await api.SignIn("back-4");
        var staff = await api.SignIn("back-4", "operator", "operator-1");
        (await api.Anonymous().Post("/sandbox/accounts/back-4/cards", new { number = "4000000000000341", expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await owner.Post("/v1/accounts/back-4/quotes", new { credits = 1000 })).Ok().Text("id");
        (await owner.Post("/v1/accounts/back-4/purchases", new { quoteId = quote }, "k")).Problem(402, "card-declined");
        (await Refund(staff, "back-4", quote, "k1", new { reason = "x" })).Problem(409, "purchase-not-credited");
    }

    [Fact]
    public async Task A_dispute_takes_the_credits_and_refuses_a_refund_until_it_is_won()
    {
        var (owner, staff, purchase) = await Bought("back-5");
        var path = $"/v1/operator/accounts/back-5/purchases/{purchase}";
        var inspected = (await staff.Get(path)).Ok();
        var intent = inspected.Json["purchase"]!["paymentIntentId"]!.GetValue<string>();
        Assert.Equal("Credited", inspected.Json["purchase"]!["state"]!.GetValue<string>());
        var dispute = (await api.Anonymous().Post("/sandbox/stripe/disputes", new { paymentIntent = intent })).Ok().Text("id");

        var checkedNow = (await staff.Post(path + "/check")).Ok();
        Assert.True(checkedNow.Json["settled"]!.GetValue<bool>());
        var held = Assert.Single(checkedNow.Json["moneyBack"]!["disputes"]!.AsArray())!;
        Assert.Equal((dispute, "needs_response", true), (held["id"]!.GetValue<string>(), held["status"]!.GetValue<string>(), held["holds"]!.GetValue<bool>()));
        var credits = (await owner.Get("/v1/accounts/back-5/credits")).Ok();
        Assert.Equal((0L, 1_000L), (credits.Number("available"), credits.Json["totals"]!["revoked"]!.GetValue<long>()));
        Assert.True((await owner.Get($"/v1/accounts/back-5/purchases/{purchase}")).Ok().Json["moneyBack"]!["disputed"]!.GetValue<bool>());
        (await Refund(staff, "back-5", purchase, "k1", new { reason = "x" })).Problem(409, "payment-disputed");

        (await api.Anonymous().Post($"/sandbox/stripe/disputes/{dispute}/win")).Ok();
        (await staff.Post(path + "/check")).Ok();
        Assert.Equal(1_000, (await owner.Get("/v1/accounts/back-5/credits")).Ok().Number("available"));
        (await staff.Post($"/v1/operator/accounts/back-5/purchases/{"no-such"}/check")).Problem(404, "not-found");
    }

    [Fact]
    public async Task While_the_provider_is_down_a_refund_is_under_way_and_then_made_once()
    {
        await using var own = await RunningApi.Start(null, "--Stripe:MaxNetworkRetries=0");
        var (owner, staff, purchase) = await Bought("slow", own);
        (await own.Anonymous().Post("/sandbox/stripe/faults", new { down = true })).Ok();
        var pending = await Refund(staff, "slow", purchase, "k1", new { reason = "x" });
        Assert.Equal((System.Net.HttpStatusCode.Accepted, "processing"), (pending.Status, pending.Text("status")));
        Assert.Equal($"/v1/operator/accounts/slow/purchases/{purchase}", pending.Headers["Location"]);
        (await own.Anonymous().Post("/sandbox/stripe/faults", new { down = false })).Ok();
        await Poll.Until(async () => (await owner.Get("/v1/accounts/slow/credits")).Ok().Number("available") == 0, "the refund is made and its credits are taken");
        var back = (await owner.Get($"/v1/accounts/slow/purchases/{purchase}")).Ok().Json["moneyBack"]!;
        Assert.Equal((1, 9_790L), (back["refunds"]!.AsArray().Count, back["refunded"]!["amount"]!.GetValue<long>()));
    }

    internal static async Task<(Client Owner, Client Staff, string Purchase)> Bought(string accountId, RunningApi api)
    {
        var owner = await api.SignIn(accountId);
        (await api.Anonymous().Post($"/sandbox/accounts/{accountId}/cards", new { number = "4242424242424242", expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await owner.Post($"/v1/accounts/{accountId}/quotes", new { credits = 1000 })).Ok().Text("id");
        Assert.Equal("succeeded", (await owner.Post($"/v1/accounts/{accountId}/purchases", new { quoteId = quote }, "buy")).Ok().Text("status"));
        return (owner, await api.SignIn(accountId, "operator", "operator-1"), quote);
    }

    private Task<(Client Owner, Client Staff, string Purchase)> Bought(string accountId) => Bought(accountId, api);

    private static Task<Reply> Refund(Client staff, string accountId, string purchase, string? key, object body) =>
        staff.Post($"/v1/operator/accounts/{accountId}/purchases/{purchase}/refunds", body, key);
}
