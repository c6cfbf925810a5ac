using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class PurchaseTests(ApiFixture fixture)
{
    private const string Good = "4242424242424242";
    private const string DeclinesLater = "4000000000000341";
    private const string AlwaysAuthenticates = "4000002760003184";
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task Quote_card_purchase_and_the_credits_are_there()
    {
        var admin = await api.SignIn("buy-1");
        var quote = (await admin.Post("/v1/accounts/buy-1/quotes", new { credits = 1000 })).Ok();
        Assert.Equal(1000, quote.Number("credits"));
        Assert.Equal(0.089m, quote.Json["unitPrice"]!.GetValue<decimal>());
        Assert.Equal("""{"amount":8900,"currency":"AUD"}""", quote.Json["subtotal"]!.ToJsonString());
        Assert.Equal("""{"amount":890,"currency":"AUD"}""", quote.Json["tax"]!.ToJsonString());
        Assert.Equal("""{"amount":9790,"currency":"AUD"}""", quote.Json["total"]!.ToJsonString());
        await SaveCard("buy-1", Good);

        var purchase = (await Buy(admin, "buy-1", quote.Text("id"), "k1")).Ok();
        Assert.Equal("succeeded", purchase.Text("status"));
        Assert.Equal(1000, purchase.Number("credits"));
        Assert.Null(purchase.Json["failure"]);
        Assert.Null(purchase.Json["nextAction"]);

        var credits = (await admin.Get("/v1/accounts/buy-1/credits")).Ok();
        Assert.Equal(1000, credits.Number("available"));
        var batch = Assert.Single(credits.Json["batches"]!.AsArray())!;
        Assert.Equal("purchase", batch["source"]!.GetValue<string>());
        Assert.Equal(TimeSpan.FromDays(90), batch["expiresAt"]!.GetValue<DateTimeOffset>() - batch["grantedAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal(purchase.Body, (await admin.Get($"/v1/accounts/buy-1/purchases/{purchase.Text("id")}")).Body);
    }

    [Fact]
    public async Task A_quote_says_when_more_credits_would_cost_less()
    {
        var admin = await api.SignIn("buy-nudge");
        var quote = (await admin.Post("/v1/accounts/buy-nudge/quotes", new { credits = 990 })).Ok();
        Assert.Equal(1000, quote.Json["nudge"]!["credits"]!.GetValue<long>());
        Assert.True(quote.Json["nudge"]!["total"]!["amount"]!.GetValue<long>() < quote.Json["total"]!["amount"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_declined_card_is_a_problem_that_says_what_to_do_and_gives_no_credits()
    {
        var admin = await api.SignIn("buy-2");
        await SaveCard("buy-2", DeclinesLater);
        var quote = (await admin.Post("/v1/accounts/buy-2/quotes", new { credits = 1000 })).Ok().Text("id");

        var declined = (await Buy(admin, "buy-2", quote, "k1")).Problem(402, "card-declined");
        Assert.Equal("card_declined", declined.Json["failure"]!["code"]!.GetValue<string>());
        Assert.Equal(quote, declined.Text("id"));
        Assert.Equal("failed", declined.Json["purchase"]!["status"]!.GetValue<string>());
        Assert.Equal("failed", (await admin.Get($"/v1/accounts/buy-2/purchases/{quote}")).Ok().Text("status"));
        Assert.Equal(0, (await admin.Get("/v1/accounts/buy-2/credits")).Number("available"));
    }

    [Fact]
    public async Task A_card_that_the_bank_refuses_is_not_saved()
    {
        var admin = await api.SignIn("buy-3");
        (await api.Anonymous().Post("/sandbox/accounts/buy-3/cards", new { number = "4000000000000002", expMonth = 12, expYear = 2031 })).Problem(402, "card-declined");
        Assert.Empty((await admin.Get("/v1/accounts/buy-3/cards")).Ok().Json["cards"]!.AsArray());
    }

    [Fact]
    public async Task Without_a_card_nothing_is_charged_and_the_same_key_works_once_there_is_one()
    {
        var admin = await api.SignIn("buy-4");
        var quote = (await admin.Post("/v1/accounts/buy-4/quotes", new { credits = 100 })).Ok().Text("id");
        (await Buy(admin, "buy-4", quote, "k1")).Problem(409, "no-card");
        await SaveCard("buy-4", Good);
        Assert.Equal("succeeded", (await Buy(admin, "buy-4", quote, "k1")).Ok().Text("status"));
    }

    [Fact]
    public async Task A_quote_becomes_one_purchase_whatever_the_keys()
    {
        var admin = await api.SignIn("buy-5");
        await SaveCard("buy-5", Good);
        var quote = (await admin.Post("/v1/accounts/buy-5/quotes", new { credits = 100 })).Ok().Text("id");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Buy(admin, "buy-5", quote, $"k{n}")));
        Assert.Equal(100, (await admin.Get("/v1/accounts/buy-5/credits")).Number("available"));
    }

    [Fact]
    public async Task Quotes_and_purchases_of_another_account_do_not_exist_here()
    {
        var owner = await api.SignIn("buy-6");
        var other = await api.SignIn("buy-7");
        await SaveCard("buy-7", Good);
        var quote = (await owner.Post("/v1/accounts/buy-6/quotes", new { credits = 100 })).Ok().Text("id");
        (await Buy(other, "buy-7", quote, "k1")).Problem(404, "not-found");
        (await other.Get($"/v1/accounts/buy-7/purchases/{quote}")).Problem(404, "not-found");
        (await Buy(other, "buy-7", "../buy-6/" + quote, "k2")).Problem(404, "not-found");
        (await Buy(other, "buy-7", "no-such-quote", "k3")).Problem(404, "not-found");
    }

    [Fact]
    public async Task A_card_of_another_account_can_not_be_charged()
    {
        var owner = await api.SignIn("buy-8");
        var card = await SaveCard("buy-8", Good);
        var other = await api.SignIn("buy-9");
        await SaveCard("buy-9", Good);
        var quote = (await other.Post("/v1/accounts/buy-9/quotes", new { credits = 100 })).Ok().Text("id");
        (await other.Post("/v1/accounts/buy-9/purchases", new { quoteId = quote, cardId = card }, "k1")).Problem(404, "not-found");
        (await other.Delete($"/v1/accounts/buy-9/cards/{card}")).Problem(404, "not-found");
        Assert.Single((await owner.Get("/v1/accounts/buy-8/cards")).Ok().Json["cards"]!.AsArray());
    }

    [Fact]
    public async Task Cards_are_listed_made_default_and_removed()
    {
        var admin = await api.SignIn("buy-10");
        var first = await SaveCard("buy-10", Good);
        var second = await SaveCard("buy-10", "5555555555554444");
        Assert.Equal([second, first], Ids(await admin.Get("/v1/accounts/buy-10/cards")));
        Assert.Equal([first, second], Ids(await admin.Post($"/v1/accounts/buy-10/cards/{first}/default")));
        Assert.Equal([second], Ids(await admin.Delete($"/v1/accounts/buy-10/cards/{first}")));

        static string[] Ids(Reply reply) => [.. reply.Ok().Json["cards"]!.AsArray().Select(card => card!["id"]!.GetValue<string>())];
    }

    [Fact]
    public async Task Cards_say_whether_they_are_past_their_date_and_auto_top_up_says_so_before_it_tries()
    {
        var admin = await api.SignIn("buy-12");
        (await admin.Put("/v1/accounts/buy-12/auto-top-up", new { enabled = false, threshold = 0, credits = 0 }, "*")).Ok();
        Assert.Null((await admin.Get("/v1/accounts/buy-12/auto-top-up")).Ok().Json["card"]);
        await api.AccountWith(500, "buy-12");
        var off = (await admin.Put("/v1/accounts/buy-12/auto-top-up", new { enabled = true, threshold = 100, credits = 1_000 }, "*")).Ok();
        Assert.Equal("none", off.Text("card"));
        Assert.Equal("The balance of 500 is not below the threshold of 100. No card is saved: add one, or the next top-up can not be paid.", off.Text("reason"));

        var now = api.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        (await api.Anonymous().Post("/sandbox/accounts/buy-12/cards", new { number = Good, expMonth = now.Month, expYear = now.Year })).Ok();
        var card = Assert.Single((await admin.Get("/v1/accounts/buy-12/cards")).Ok().Json["cards"]!.AsArray())!.AsObject();
        Assert.Equal(["brand", "expMonth", "expYear", "expired", "expiresSoon", "id", "isDefault", "last4"], card.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal((now.Month, now.Year, false, true), (card["expMonth"]!.GetValue<int>(), card["expYear"]!.GetValue<int>(), card["expired"]!.GetValue<bool>(), card["expiresSoon"]!.GetValue<bool>()));
        Assert.Equal("expires_soon", (await admin.Get("/v1/accounts/buy-12/credits")).Ok().Json["autoTopUp"]!["card"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_purchase_that_brought_no_credits_is_found_beside_the_first_page_and_leaves_it_when_it_does()
    {
        var admin = await api.SignIn("buy-15");
        await SaveCard("buy-15", DeclinesLater);
        var declined = (await admin.Post("/v1/accounts/buy-15/quotes", new { credits = 100 })).Ok().Text("id");
        (await Buy(admin, "buy-15", declined, "k1")).Problem(402, "card-declined");
        await SaveCard("buy-15", AlwaysAuthenticates);
        var waiting = (await admin.Post("/v1/accounts/buy-15/quotes", new { credits = 200 })).Ok().Text("id");
        await Buy(admin, "buy-15", waiting, "k2");

        var list = (await admin.Get("/v1/accounts/buy-15/purchases")).Ok().Json;

        Assert.Empty(list["purchases"]!.AsArray());
        Assert.Equal(
            [(waiting, "requires_action"), (declined, "failed")],
            list["withoutCredits"]!.AsArray().Select(purchase => (purchase!["id"]!.GetValue<string>(), purchase["status"]!.GetValue<string>())));
        Assert.StartsWith("http", list["withoutCredits"]![0]!["nextAction"]!["url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty((await admin.Get("/v1/accounts/buy-15/purchases?after=1000")).Ok().Json["withoutCredits"]!.AsArray());

        await SaveCard("buy-15", Good);
        var paid = (await admin.Post("/v1/accounts/buy-15/quotes", new { credits = 300 })).Ok().Text("id");
        (await Buy(admin, "buy-15", paid, "k3")).Ok();
        list = (await admin.Get("/v1/accounts/buy-15/purchases")).Ok().Json;
        Assert.Equal(paid, Assert.Single(list["purchases"]!.AsArray())!["id"]!.GetValue<string>());
        Assert.Equal(2, list["withoutCredits"]!.AsArray().Count);
    }

    [Fact]
    public async Task Purchases_that_brought_credits_are_listed_newest_first_page_by_page()
    {
        var admin = await api.SignIn("buy-13");
        await SaveCard("buy-13", Good);
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            ids.Insert(0, (await admin.Post("/v1/accounts/buy-13/quotes", new { credits = 100 + n })).Ok().Text("id"));
            (await Buy(admin, "buy-13", ids[0], $"k{n}")).Ok();
        }

        var first = (await admin.Get("/v1/accounts/buy-13/purchases?limit=2")).Ok();
        Assert.Equal(ids[..2], first.Json["purchases"]!.AsArray().Select(purchase => purchase!["id"]!.GetValue<string>()));
        var newest = first.Json["purchases"]![0]!;
        Assert.Equal(("succeeded", "credited", 102), (newest["status"]!.GetValue<string>(), newest["state"]!.GetValue<string>(), newest["credits"]!.GetValue<long>()));
        Assert.NotNull(newest["requestedAt"]);
        var second = (await admin.Get($"/v1/accounts/buy-13/purchases?limit=2&after={first.Number("nextCursor")}")).Ok();
        Assert.Equal(ids[2..], second.Json["purchases"]!.AsArray().Select(purchase => purchase!["id"]!.GetValue<string>()));
        Assert.Null(second.Json["nextCursor"]);
        Assert.Null((await admin.Get("/v1/accounts/buy-13/purchases?limit=3")).Ok().Json["nextCursor"]);

        (await admin.Get("/v1/accounts/buy-13/purchases?limit=0")).Problem(400, "validation", "limit");
        (await admin.Get("/v1/accounts/buy-13/purchases?limit=101")).Problem(400, "validation", "limit");
        (await admin.Get("/v1/accounts/buy-13/purchases?after=0")).Problem(400, "validation", "after");
        (await admin.Get("/v1/accounts/buy-12/purchases")).Problem(403, "account-access-denied");
        (await (await api.SignIn("buy-13", "member")).Get("/v1/accounts/buy-13/purchases")).Problem(403, "billing-access-required");
        Assert.Empty((await (await api.SignIn("buy-14")).Get("/v1/accounts/buy-14/purchases")).Ok().Json["purchases"]!.AsArray());
    }

    [Fact]
    public async Task The_hosted_page_adds_a_card_and_comes_back()
    {
        var admin = await api.SignIn("buy-11");
        var page = (await admin.Post("/v1/accounts/buy-11/cards", new { returnPath = "/credits" })).Ok().Text("url");
        Assert.StartsWith(api.Address.ToString(), page);
        (await admin.Post("/v1/accounts/buy-11/cards", new { returnPath = "https://evil.example/" })).Problem(400, "validation", "returnPath");

        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["number"] = Good, ["expiry"] = "12 / 31", ["cvc"] = "123", ["name"] = "A. Customer",
        });
        using var submitted = await browser.PostAsync(page, form);
        var back = submitted.Headers.Location!.ToString();
        Assert.StartsWith($"{api.Address}v1/accounts/buy-11/cards/return?", back);
        using var returned = await browser.GetAsync(back);
        Assert.Equal("/credits", returned.Headers.Location!.OriginalString);
        Assert.Equal("4242", Assert.Single((await admin.Get("/v1/accounts/buy-11/cards")).Ok().Json["cards"]!.AsArray())!["last4"]!.GetValue<string>());
    }

    [Fact]
    public async Task While_the_provider_is_down_cards_can_not_be_added_and_the_caller_is_told_when_to_come_back()
    {
        await using var own = await RunningApi.Start(null, "--Stripe:MaxNetworkRetries=0");
        var admin = await own.SignIn("down");
        (await own.Anonymous().Post("/sandbox/stripe/faults", new { down = true })).Ok();
        var refused = (await admin.Post("/v1/accounts/down/cards")).Problem(503, "payment-provider-unavailable");
        Assert.Equal("5", refused.Headers["Retry-After"]);
        (await own.Anonymous().Post("/sandbox/stripe/faults", new { down = false })).Ok();
        (await admin.Post("/v1/accounts/down/cards")).Ok();
    }

    private async Task<string> SaveCard(string accountId, string number) =>
        (await api.Anonymous().Post($"/sandbox/accounts/{accountId}/cards", new { number, expMonth = 12, expYear = 2031 })).Ok().Text("id");

    private static Task<Reply> Buy(Client client, string accountId, string quoteId, string key) =>
        client.Post($"/v1/accounts/{accountId}/purchases", new JsonObject { ["quoteId"] = quoteId }, key);
}
