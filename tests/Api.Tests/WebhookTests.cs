using System.Globalization;
using System.Net;
using Connect.Api.Tests.Support;
using Connect.Purchases;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace Connect.Api.Tests;

/// <summary>The way in for Stripe's events, over HTTP.</summary>
[Collection(SharedApi.Name)]
public sealed class WebhookTests(ApiFixture fixture)
{
    private const string NotOurs = """{"id":"pi_of_somebody_else","object":"payment_intent","metadata":{}}""";
    private readonly RunningApi api = fixture.Api;

    public static TheoryData<string, string?> BadSignatures()
    {
        var good = EventUtility.GenerateSignatureHeader("{}", "whsec_x", 1);
        return new()
        {
            { "none", null },
            { "empty", "" },
            { "blank", "  " },
            { "rubbish", "rubbish" },
            { "no time", "v1=0123" },
            { "no signature", "t=1" },
            { "time that is none", "t=soon,v1=0123" },
            { "time too long", "t=99999999999999999999,v1=0123" },
            { "only signs", "=,=,=" },
            { "old scheme", "t=1,v0=0123" },
            { "long", "t=1,v1=" + new string('a', 5_000) },
            { "another secret's", good },
        };
    }

    [Theory]
    [MemberData(nameof(BadSignatures))]
    public async Task What_is_not_signed_by_Stripe_is_refused_with_400(string what, string? header)
    {
        var refused = (await api.SendRaw(Webhook.Event("evt_" + what.Replace(' ', '_').Replace('\'', '_'), "payment_intent.created", NotOurs), header)).Problem(400, "webhook-refused");
        Assert.DoesNotContain(api.Secret(), refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{"id":"a/b","type":"t"}""")]
    [InlineData("""{"id":"evt_1"}""")]
    public async Task What_is_signed_but_no_event_is_refused_with_400(string body) => (await api.SendSigned(body)).Problem(400, "webhook-refused");

    [Fact]
    public async Task The_signature_is_of_the_bytes()
    {
        var body = Webhook.Event("evt_bytes", "payment_intent.created", NotOurs);
        var signature = EventUtility.GenerateSignatureHeader(body, api.Secret(), api.Now().ToUnixTimeSeconds());
        (await api.SendRaw(body, signature)).Ok();
        (await api.SendRaw(body + " ", signature)).Problem(400, "webhook-refused");
        (await api.SendRaw(body.Replace("evt_bytes", "evt_other", StringComparison.Ordinal), signature)).Problem(400, "webhook-refused");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_413()
    {
        var padding = new string('x', 256 * 1024);
        (await api.SendSigned($$$"""{"id":"evt_large","type":"t","padding":"{{{padding}}}"}""")).Problem(413, "body-too-large");
        (await api.SendSigned($$$"""{"id":"evt_just","type":"t","padding":"{{{padding[..^200]}}}"}""")).Ok();

        using var chunked = new HttpRequestMessage(HttpMethod.Post, Webhook.Path) { Content = new StringContent(padding + padding) };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await api.Anonymous().Http.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task There_is_nothing_to_read_and_nothing_beside_it()
    {
        using var read = await api.Anonymous().Http.GetAsync(new Uri(Webhook.Path, UriKind.Relative));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (read.StatusCode, Assert.Single(read.Content.Headers.Allow)));
        (await api.Anonymous().Post("/webhooks/other")).Problem(404, "not-found");
    }

    [Fact]
    public async Task Unknown_types_and_other_peoples_objects_are_accepted_and_do_nothing()
    {
        (await api.SendEvent("evt_unknown_type", "invoice.paid", """{"id":"in_1"}""")).Ok();
        Assert.Null(await Kept("evt_unknown_type"));

        (await api.SendEvent("evt_others", "payment_intent.succeeded", NotOurs)).Ok();
        (await api.SendEvent("evt_odd_key", "payment_intent.succeeded", """{"id":"pi_missing","metadata":{"purchase_id":"../../x"}}""")).Ok();
        (await api.SendEvent("evt_other_customer", "payment_method.updated", """{"id":"pm_1","customer":"cus_missing"}""")).Ok();
        (await api.SendEvent("evt_other_session", "checkout.session.completed", """{"id":"cs_1","mode":"setup","customer":"cus_missing"}""")).Ok();
        (await api.SendEvent("evt_no_purchase", "charge.refunded", """{"id":"ch_1","object":"charge","payment_intent":"pi_1","metadata":{"purchase_id":"nobody/nothing"}}""")).Ok();
        foreach (var id in new[] { "evt_others", "evt_odd_key", "evt_other_customer", "evt_other_session", "evt_no_purchase" })
            await Done(id);
    }

    [Fact]
    public async Task What_the_bank_said_is_known_once_the_event_is_worked_on_though_nobody_came_back()
    {
        var (admin, purchase, _) = await AtTheBank("hook-1");
        var body = $$$"""{"id":"{{{purchase.Intent}}}","object":"payment_intent","status":"canceled","amount":1,"metadata":{"purchase_id":"hook-1/{{{purchase.Id}}}"}}""";

        (await api.SendEvent("evt_hook_1", "payment_intent.succeeded", body)).Ok();
        await Done("evt_hook_1");

        Assert.Equal("succeeded", (await admin.Get($"/v1/accounts/hook-1/purchases/{purchase.Id}")).Ok().Text("status"));
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/hook-1/credits")).Number("available"));
    }

    [Fact]
    public async Task An_event_that_claims_a_payment_that_did_not_happen_gives_nothing()
    {
        var admin = await api.SignIn("hook-2");
        var purchase = await Buy(admin, "hook-2", "4000002760003184");
        var claim = $$$"""{"id":"{{{purchase.Intent}}}","object":"payment_intent","status":"succeeded","amount_received":9790,"metadata":{"purchase_id":"hook-2/{{{purchase.Id}}}"}}""";
        (await api.SendEvent("evt_hook_2", "payment_intent.succeeded", claim)).Ok();
        await Done("evt_hook_2");
        Assert.Equal("requires_action", (await admin.Get($"/v1/accounts/hook-2/purchases/{purchase.Id}")).Ok().Text("status"));
        Assert.Equal(0, (await admin.Get("/v1/accounts/hook-2/credits")).Number("available"));
    }

    [Fact]
    public async Task The_same_event_many_times_at_once_and_others_in_any_order_credit_once()
    {
        var (admin, purchase, _) = await AtTheBank("hook-3");
        var intent = $$$"""{"id":"{{{purchase.Intent}}}","object":"payment_intent","metadata":{"purchase_id":"hook-3/{{{purchase.Id}}}"}}""";
        var charge = $$$"""{"id":"ch_x","object":"charge","payment_intent":"{{{purchase.Intent}}}"}""";
        var sent = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => api.SendEvent("evt_hook_3_a", "payment_intent.succeeded", intent))
                .Append(api.SendEvent("evt_hook_3_b", "charge.succeeded", charge))
                .Append(api.SendEvent("evt_hook_3_c", "payment_intent.requires_action", intent))
                .Append(api.SendEvent("evt_hook_3_d", "payment_intent.created", intent)));
        Assert.All(sent, reply => reply.Ok());
        foreach (var id in new[] { "a", "b", "c", "d" })
            await Done("evt_hook_3_" + id);
        Assert.Equal("succeeded", (await admin.Get($"/v1/accounts/hook-3/purchases/{purchase.Id}")).Ok().Text("status"));
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/hook-3/credits")).Number("available"));

        (await api.SendEvent("evt_hook_3_a", "payment_intent.succeeded", intent)).Ok();
        (await api.SendEvent("evt_hook_3_e", "payment_intent.payment_failed", intent)).Ok();
        await Done("evt_hook_3_e");
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/hook-3/credits")).Number("available"));
    }

    [Fact]
    public async Task Outside_sandbox_mode_without_a_secret_every_event_is_refused_with_503_and_a_time_to_come_back()
    {
        await using var live = await RunningApi.Start(null, "--Stripe:ApiKey=sk_test_1", "--Messaging:Gateway=None", "--Stripe:ApiBase=http://127.0.0.1:9", $"--Auth:SigningKey={new string('s', 48)}");
        var refused = (await live.SendRaw("{}", "t=1,v1=0")).Problem(503, "webhooks-not-configured");
        Assert.True(int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture) >= 1);
    }

    [Fact]
    public async Task Outside_sandbox_mode_the_configured_secret_counts()
    {
        await using var live = await RunningApi.Start(
            null, "--Stripe:ApiKey=sk_test_1", "--Messaging:Gateway=None", "--Stripe:ApiBase=http://127.0.0.1:9", $"--Auth:SigningKey={new string('s', 48)}", "--Stripe:WebhookSecret=whsec_live");
        Assert.Equal("whsec_live", live.Secret());
        (await live.SendEvent("evt_live", "payment_intent.succeeded", NotOurs)).Ok();
        (await live.SendRaw("{}", EventUtility.GenerateSignatureHeader("{}", "whsec_other", live.Now().ToUnixTimeSeconds()))).Problem(400, "webhook-refused");
    }

    [Fact]
    public async Task While_a_secret_is_replaced_the_new_and_the_previous_one_count_and_no_other()
    {
        await using var live = await RunningApi.Start(
            null, "--Stripe:ApiKey=sk_test_1", "--Messaging:Gateway=None", "--Stripe:ApiBase=http://127.0.0.1:9", $"--Auth:SigningKey={new string('s', 48)}",
            "--Stripe:WebhookSecret=whsec_new", "--Stripe:WebhookSecretPrevious=whsec_old");
        var body = Webhook.Event("evt_rolled", "payment_intent.succeeded", NotOurs);
        var (byNew, byOld) = (Signed("whsec_new"), Signed("whsec_old"));

        (await live.SendRaw(body, byNew)).Ok();
        (await live.SendRaw(body, byOld)).Ok();
        (await live.SendRaw(body, $"{byOld},{byNew.Split(',')[1]}")).Ok();
        (await live.SendRaw(body, Signed("whsec_older"))).Problem(400, "webhook-refused");
        (await live.SendRaw(body, Signed(""))).Problem(400, "webhook-refused");
        (await live.SendRaw(body + " ", byOld)).Problem(400, "webhook-refused");

        string Signed(string secret) => EventUtility.GenerateSignatureHeader(body, secret, live.Now().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task The_sandbox_makes_a_secret_of_its_own_each_time()
    {
        Assert.Matches("^whsec_[0-9a-f]{32}$", api.Secret());
        await using var other = await RunningApi.Start();
        Assert.NotEqual(api.Secret(), other.Secret());
    }

    [Fact]
    public async Task A_signature_counts_for_300_seconds_of_the_programs_clock()
    {
        await using var own = await RunningApi.Start();
        var body = Webhook.Event("evt_clock", "payment_intent.succeeded", NotOurs);
        var today = EventUtility.GenerateSignatureHeader(body, own.Secret(), own.Now().ToUnixTimeSeconds());
        (await own.SendRaw(body, today)).Ok();

        (await own.Anonymous().Post("/sandbox/clock/advance", new { seconds = 200 })).Ok();
        (await own.SendRaw(body, today)).Ok();
        (await own.Anonymous().Post("/sandbox/clock/advance", new { seconds = 101 })).Ok();
        (await own.SendRaw(body, today)).Problem(400, "webhook-refused");
        (await own.SendSigned(body)).Ok();
    }

    [Fact]
    public async Task A_flood_is_refused_with_a_time_to_come_back_and_accounts_go_on()
    {
        await using var own = await RunningApi.Start(null, "--RateLimit:AnonymousPerSecond=5");
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => own.SendRaw("{}", null)));
        var refused = replies.Where(reply => (int)reply.Status == 429).ToArray();
        Assert.NotEmpty(refused);
        Assert.Contains(replies, reply => (int)reply.Status == 400);
        Assert.True(int.Parse(refused[0].Problem(429, "too-many-requests").Headers["Retry-After"], CultureInfo.InvariantCulture) >= 1);
        (await (await own.SignIn("calm")).Get("/v1/accounts/calm/credits")).Ok();
    }

    private sealed record Bought(string Id, string Intent, string BankPage);

    private async Task<(Client Admin, Bought Purchase, HttpResponseMessage Back)> AtTheBank(string account)
    {
        var admin = await api.SignIn(account);
        var purchase = await Buy(admin, account, "4000002760003184");
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([new("answer", "approve")]);
        return (admin, purchase, await browser.PostAsync(purchase.BankPage, form));
    }

    private async Task<Bought> Buy(Client admin, string account, string card)
    {
        (await api.Anonymous().Post($"/sandbox/accounts/{account}/cards", new { number = card, expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await admin.Post($"/v1/accounts/{account}/quotes", new { credits = 1_000 })).Ok().Text("id");
        var purchase = (await admin.Post($"/v1/accounts/{account}/purchases", new { quoteId = quote }, "k1")).Ok();
        var page = purchase.Json["nextAction"]!["url"]!.GetValue<string>();
        return new(quote, page[(page.LastIndexOf('/') + 1)..], page);
    }

    private Task<StripeEventView?> Kept(string id) => api.Services.GetRequiredService<IGrainFactory>().GetGrain<IStripeEventGrain>(id).Get();

    private Task Done(string id) => Poll.Until(async () => (await Kept(id))?.DoneAt is not null, $"event {id} is done");
}
