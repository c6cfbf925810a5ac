using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;
using Connect.Purchases;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

/// <summary>The program and its embedded Stripe sandbox: what happens there comes here by itself.</summary>
public sealed class EmbeddedWebhookTests : IAsyncLifetime
{
    private RunningApi api = null!;
    private Client admin = null!;

    public async Task InitializeAsync()
    {
        api = await RunningApi.Start();
        admin = await api.SignIn("a");
    }

    public async Task DisposeAsync() => await api.DisposeAsync();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"duplicate":3}""")]
    [InlineData("""{"duplicate":1,"reorder":true}""")]
    public async Task A_payment_at_the_bank_without_anybody_coming_back_is_delivered_and_credited_once(string mischief)
    {
        (await api.Anonymous().PostText("/sandbox/stripe/webhooks/mischief", mischief)).Ok();
        var (id, page) = await AtTheBank();
        await Approve(page);

        var delivered = await Delivered("payment_intent.succeeded");
        await Poll.Until(async () => (await api.Services.GetRequiredService<IGrainFactory>().GetGrain<IStripeEventGrain>(delivered).Get())?.DoneAt is not null, "the event is done");
        Assert.Equal("succeeded", (await admin.Get($"/v1/accounts/a/purchases/{id}")).Ok().Text("status"));
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/a/credits")).Number("available"));
        Assert.Equal(1, (await api.Anonymous().Get("/sandbox/stripe/charges-summary")).Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task With_every_event_lost_the_payment_is_found_all_the_same()
    {
        (await api.Anonymous().PostText("/sandbox/stripe/webhooks/mischief", """{"drop":true}""")).Ok();
        var (id, page) = await AtTheBank();
        await Approve(page);
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 120 })).Ok();
        await Poll.Until(async () => (await admin.Get($"/v1/accounts/a/purchases/{id}")).Text("status") == "succeeded", "the purchase looked for itself");
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/a/credits")).Number("available"));
    }

    [Fact]
    public async Task A_purchase_left_at_the_banks_page_for_days_is_given_up_uncharged_whatever_is_answered_there_later()
    {
        (await api.Anonymous().PostText("/sandbox/stripe/webhooks/mischief", """{"drop":true}""")).Ok();
        var (id, page) = await AtTheBank();
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 259_200 })).Ok();
        var left = (await admin.Get($"/v1/accounts/a/purchases/{id}")).Ok();
        Assert.Equal(("failed", "canceled"), (left.Text("status"), left.Json["failure"]!["code"]!.GetValue<string>()));

        await Approve(page);
        Assert.Equal(0, (await api.Anonymous().Get("/sandbox/stripe/charges-summary")).Json["count"]!.GetValue<int>());
        Assert.Equal(0, (await admin.Get("/v1/accounts/a/credits")).Number("available"));
    }

    [Fact]
    public async Task Events_that_come_three_days_late_change_nothing()
    {
        (await api.Anonymous().PostText("/sandbox/stripe/webhooks/mischief", """{"delaySeconds":259200}""")).Ok();
        await SaveCard("4242424242424242");
        await Buy();
        var before = (await admin.Get("/v1/accounts/a/credits")).Ok().Number("sequence");
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 259_300 })).Ok();
        await Delivered("payment_intent.succeeded");
        await Delivered("payment_intent.created");
        Assert.Equal(before, (await admin.Get("/v1/accounts/a/credits")).Ok().Number("sequence"));
    }

    [Fact]
    public async Task A_dispute_at_Stripe_takes_the_credits_without_anybody_asking()
    {
        await SaveCard("4242424242424242");
        await Buy();
        var intent = (await api.Anonymous().Get("/sandbox/stripe/charges-summary")).Json["charges"]![0]!["paymentIntentId"]!.GetValue<string>();
        (await api.Anonymous().PostText("/sandbox/stripe/disputes", $$"""{"paymentIntent":"{{intent}}","reason":"fraudulent"}""")).Ok();
        await Poll.Until(async () => (await admin.Get("/v1/accounts/a/credits")).Number("available") == 0, "the credits are held");
    }

    [Fact]
    public async Task A_card_added_on_the_hosted_page_by_a_customer_who_never_came_back_is_saved()
    {
        var page = (await admin.Post("/v1/accounts/a/cards", new { returnPath = "/credits" })).Ok().Text("url");
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = "4242424242424242", ["expiry"] = "12 / 31", ["cvc"] = "123", ["name"] = "A" });
        using var submitted = await browser.PostAsync(page, form);
        await Poll.Until(async () => (await admin.Get("/v1/accounts/a/cards")).Json["cards"]!.AsArray().Count == 1, "the card is saved");
    }

    private async Task<(string Id, string Page)> AtTheBank()
    {
        await SaveCard("4000002760003184");
        var purchase = await Buy();
        return (purchase.Text("id"), purchase.Json["nextAction"]!["url"]!.GetValue<string>());
    }

    private async Task SaveCard(string number) => (await api.Anonymous().Post("/sandbox/accounts/a/cards", new { number, expMonth = 12, expYear = 2031 })).Ok();

    private async Task<Reply> Buy()
    {
        var quote = (await admin.Post("/v1/accounts/a/quotes", new { credits = 1_000 })).Ok().Text("id");
        return (await admin.Post("/v1/accounts/a/purchases", new { quoteId = quote }, "k1")).Ok();
    }

    private static async Task Approve(string page)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([new("answer", "approve")]);
        using var _ = await browser.PostAsync(page, form);
    }

    private async Task<string> Delivered(string type)
    {
        JsonNode? found = null;
        await Poll.Until(
            async () => (found = (await api.Anonymous().Get("/sandbox/stripe/webhooks")).Ok().Json["deliveries"]!.AsArray().FirstOrDefault(delivery =>
                delivery!["type"]!.GetValue<string>() == type && string.Equals(delivery["state"]!.ToString(), "delivered", StringComparison.OrdinalIgnoreCase))) is not null,
            $"{type} is delivered");
        return found!["event"]!.GetValue<string>();
    }
}
