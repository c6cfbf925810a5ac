using System.Net;
using Stripe;
using Stripe.Checkout;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>The hosted card page, as a browser without scripts walks through it.</summary>
public sealed class CheckoutTests : IAsyncLifetime
{
    private const string Success = "http://merchant.example/cards?session={CHECKOUT_SESSION_ID}";
    private const string Cancel = "http://merchant.example/cards/cancelled?a=1&b=2";

    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private SessionService Sessions => _host.Client.V1.Checkout.Sessions;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_new_session_is_open_for_a_day_and_has_a_page()
    {
        var session = await NewSessionAsync();

        Assert.StartsWith("cs_test_", session.Id, StringComparison.Ordinal);
        Assert.Equal(("setup", "open", "no_payment_required", _customer), (session.Mode, session.Status, session.PaymentStatus, session.CustomerId));
        Assert.Equal(StripeSandboxHost.Noon.AddDays(1).UtcDateTime, session.ExpiresAt);
        Assert.Equal($"{_host.BaseUrl}/checkout/{session.Id}", session.Url);
        Assert.Equal("acc-1", session.Metadata["account_id"]);
        var setup = await _host.Client.V1.SetupIntents.GetAsync(session.SetupIntentId);
        Assert.Equal(("requires_payment_method", "off_session", _customer), (setup.Status, setup.Usage, setup.CustomerId));
    }

    [Fact]
    public async Task The_page_has_labelled_fields_and_a_way_out_and_loads_nothing_from_elsewhere()
    {
        var session = await NewSessionAsync();
        var response = await _browser.GetAsync(session.Url);
        var html = await response.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        foreach (var field in new[] { "number", "expiry", "cvc", "name" })
            Assert.Contains($"<label for=\"{field}\">", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{WebUtility.HtmlEncode(Cancel)}\"", html, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_card_is_saved_and_the_browser_goes_to_the_success_page()
    {
        var session = await NewSessionAsync();
        var answer = await SubmitAsync(session, "4242 4242 4242 4242", "04 / 29");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal($"http://merchant.example/cards?session={session.Id}", answer.Headers.Location!.ToString());
        var done = await Sessions.GetAsync(session.Id, new SessionGetOptions { Expand = ["setup_intent.payment_method"] });
        Assert.Equal("complete", done.Status);
        Assert.Null(done.Url);
        Assert.Equal("succeeded", done.SetupIntent.Status);
        var card = done.SetupIntent.PaymentMethod;
        Assert.Equal(("4242", 4L, 2029L, "Ana Lima", _customer), (card.Card.Last4, card.Card.ExpMonth, card.Card.ExpYear, card.BillingDetails.Name, card.CustomerId));
        Assert.Equal(card.Id, Assert.Single((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data).Id);
    }

    [Theory]
    [InlineData("4000000000000002", "Your card was declined.", "card_declined")]
    [InlineData("4000000000009995", "Your card has insufficient funds.", "card_declined")]
    [InlineData("4000000000000069", "Your card has expired.", "expired_card")]
    [InlineData("4242424242424241", "Your card number is incorrect.", "incorrect_number")]
    public async Task A_refused_card_keeps_the_person_on_the_page_with_the_reason(string number, string message, string code)
    {
        var session = await NewSessionAsync();
        var answer = await SubmitAsync(session, number);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Contains($"role=\"alert\">{message}</p>", html, StringComparison.Ordinal);
        var open = await Sessions.GetAsync(session.Id, new SessionGetOptions { Expand = ["setup_intent"] });
        Assert.Equal(("open", "requires_payment_method", code), (open.Status, open.SetupIntent.Status, open.SetupIntent.LastSetupError.Code));
        Assert.Empty((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);

        Assert.Equal(HttpStatusCode.SeeOther, (await SubmitAsync(session, "4242424242424242")).StatusCode);
    }

    [Theory]
    [InlineData("", "04/29", "123", "Ana", "number")]
    [InlineData("4242424242424242", "13/29", "123", "Ana", "expiry")]
    [InlineData("4242424242424242", "soon", "123", "Ana", "expiry")]
    [InlineData("4242424242424242", "04/29", "", "Ana", "cvc")]
    [InlineData("4242424242424242", "04/29", "123", "", "name")]
    public async Task A_field_that_is_not_filled_in_is_marked(string number, string expiry, string cvc, string name, string field)
    {
        var session = await NewSessionAsync();
        var answer = await SubmitAsync(session, number, expiry, cvc, name);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var marked = html.Split('\n').Single(line => line.Contains("aria-invalid", StringComparison.Ordinal));
        Assert.Contains($"id=\"{field}\"", marked, StringComparison.Ordinal);
        Assert.Equal("open", (await Sessions.GetAsync(session.Id)).Status);
    }

    [Fact]
    public async Task What_a_person_types_is_never_markup()
    {
        var session = await NewSessionAsync();
        var answer = await SubmitAsync(session, "4000000000000002", name: "\"><script>alert(1)</script>");

        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_page_takes_no_second_card()
    {
        var session = await NewSessionAsync();
        await SubmitAsync(session, "4242424242424242");
        var again = await SubmitAsync(session, "5555555555554444");

        Assert.Contains("already been used", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);
    }

    [Fact]
    public async Task A_session_expires_at_its_instant_and_its_page_with_it()
    {
        var session = await NewSessionAsync();
        _host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal("open", (await Sessions.GetAsync(session.Id)).Status);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("expired", (await Sessions.GetAsync(session.Id)).Status);
        Assert.Equal("expired", Assert.Single((await Sessions.ListAsync(new SessionListOptions { Customer = _customer })).Data).Status);
        Assert.Equal(HttpStatusCode.Gone, (await SubmitAsync(session, "4242424242424242")).StatusCode);
    }

    [Fact]
    public async Task A_session_can_be_ended_early_but_not_twice()
    {
        var session = await NewSessionAsync();

        Assert.Equal("expired", (await Sessions.ExpireAsync(session.Id)).Status);
        Assert.Equal(400, (int)(await Assert.ThrowsAsync<StripeException>(() => Sessions.ExpireAsync(session.Id))).HttpStatusCode);
    }

    [Fact]
    public async Task Setup_mode_wants_a_currency_or_the_allowed_types()
    {
        var error = await Assert.ThrowsAsync<StripeException>(
            () => Sessions.CreateAsync(new SessionCreateOptions { Mode = "setup", Customer = _customer, SuccessUrl = Success }));
        Assert.Equal((400, "parameter_missing", "currency"), ((int)error.HttpStatusCode, error.StripeError.Code, error.StripeError.Param));

        var typed = await Sessions.CreateAsync(new SessionCreateOptions
        {
            Mode = "setup", Customer = _customer, SuccessUrl = Success, AllowedPaymentMethodTypes = ["card"],
        });
        Assert.Equal("open", typed.Status);
    }

    [Fact]
    public async Task A_session_for_anything_but_cards_is_refused()
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => Sessions.CreateAsync(new SessionCreateOptions
        {
            Mode = "setup", Customer = _customer, SuccessUrl = Success, AllowedPaymentMethodTypes = ["au_becs_debit"],
        }));

        Assert.Equal((400, "allowed_payment_method_types"), ((int)error.HttpStatusCode, error.StripeError.Param));
    }

    [Fact]
    public async Task An_unknown_page_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync($"{_host.BaseUrl}/checkout/cs_test_nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync($"{_host.BaseUrl}/bank/pi_nobody")).StatusCode);
    }

    [Fact]
    public async Task A_card_that_wants_its_owner_is_saved_at_the_bank_and_then_pays_without_them()
    {
        var session = await NewSessionAsync();
        var bank = (await SubmitAsync(session, "4000002500003155")).Headers.Location!;
        Assert.Equal($"{_host.BaseUrl}/bank/{session.SetupIntentId}", bank.ToString());
        Assert.Equal("requires_action", (await _host.Client.V1.SetupIntents.GetAsync(session.SetupIntentId)).Status);
        Assert.Contains("Approve", await _browser.GetStringAsync(bank), StringComparison.Ordinal);
        var back = await AnswerBankAsync(bank, "approve");

        Assert.Equal($"http://merchant.example/cards?session={session.Id}", back.Headers.Location!.ToString());
        var card = Assert.Single((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        Assert.Equal("succeeded", (await _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession)).Status);
    }

    [Theory]
    [InlineData("4000002760003184", "authentication_required", "authentication_required")]
    [InlineData("4000008260003178", "card_declined", "insufficient_funds")]
    public async Task Set_up_or_not_some_cards_do_not_pay_without_their_owner(string number, string code, string declineCode)
    {
        var session = await NewSessionAsync();
        await AnswerBankAsync((await SubmitAsync(session, number)).Headers.Location!, "approve");
        var card = Assert.Single((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var error = await Assert.ThrowsAsync<StripeException>(
            () => _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        Assert.Equal((code, declineCode), (error.StripeError.Code, error.StripeError.DeclineCode));
    }

    [Fact]
    public async Task A_card_refused_at_the_bank_is_not_saved_and_the_card_page_says_so()
    {
        var session = await NewSessionAsync();
        var back = await AnswerBankAsync((await SubmitAsync(session, "4000002500003155")).Headers.Location!, "refuse");

        Assert.Equal(session.Url, back.Headers.Location!.ToString());
        Assert.Contains("unable to authenticate", await _browser.GetStringAsync(session.Url), StringComparison.Ordinal);
        Assert.Empty((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);
    }

    [Theory]
    [InlineData("4000002760003184", "approve", "succeeded", "succeeded", null)]
    [InlineData("4000002760003184", "refuse", "failed", "requires_payment_method", "payment_intent_authentication_failure")]
    [InlineData("4000008260003178", "approve", "failed", "requires_payment_method", "card_declined")]
    public async Task The_bank_page_settles_a_payment_and_goes_back_to_the_merchant(
        string number, string answer, string redirectStatus, string status, string? code)
    {
        var card = await _host.NewCardAsync(number, customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var waiting = await _host.Client.V1.PaymentIntents.ConfirmAsync(
            intent.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/back?purchase=1" });
        var bank = new Uri(waiting.NextAction.RedirectToUrl.Url);
        Assert.Contains("44.50 AUD", await _browser.GetStringAsync(bank), StringComparison.Ordinal);
        var back = await AnswerBankAsync(bank, answer);

        Assert.Equal(
            $"http://merchant.example/back?purchase=1&payment_intent={intent.Id}&payment_intent_client_secret={intent.ClientSecret}&redirect_status={redirectStatus}",
            back.Headers.Location!.ToString());
        var read = await _host.Client.V1.PaymentIntents.GetAsync(intent.Id);
        Assert.Equal((status, code), (read.Status, read.LastPaymentError?.Code));
        Assert.Null(read.NextAction);
        Assert.Equal(status == "succeeded" ? 1 : 0, (await _host.Ledger.SuccessfulChargesAsync()).Count);
        Assert.Equal(HttpStatusCode.NotFound, (await AnswerBankAsync(bank, "approve")).StatusCode);
    }

    [Theory]
    [InlineData("off_session", "succeeded")]
    [InlineData(null, "authentication_required")]
    public async Task A_card_paid_with_at_the_bank_pays_without_its_owner_later_only_if_it_was_asked_for(string? usage, string outcome)
    {
        var card = await _host.NewCardAsync("4000002500003155", customer: _customer);
        var first = await _host.NewIntentAsync(_customer, card.Id);
        var waiting = await _host.Client.V1.PaymentIntents.ConfirmAsync(
            first.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/", SetupFutureUsage = usage });
        await AnswerBankAsync(new Uri(waiting.NextAction.RedirectToUrl.Url), "approve");
        Assert.Equal("succeeded", (await _host.Client.V1.PaymentIntents.GetAsync(first.Id)).Status);

        var second = await _host.NewIntentAsync(_customer, card.Id);
        try
        {
            Assert.Equal(outcome, (await _host.Client.V1.PaymentIntents.ConfirmAsync(second.Id, StripeSandboxHost.OffSession)).Status);
        }
        catch (StripeException error)
        {
            Assert.Equal(outcome, error.StripeError.Code);
        }
    }

    [Fact]
    public async Task A_payment_cancelled_while_the_bank_waits_can_not_be_approved()
    {
        var card = await _host.NewCardAsync("4000002760003184", customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var waiting = await _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/" });
        await _host.Client.V1.PaymentIntents.CancelAsync(intent.Id);
        var late = await AnswerBankAsync(new Uri(waiting.NextAction.RedirectToUrl.Url), "approve");

        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.Empty(await _host.Ledger.SuccessfulChargesAsync());
    }

    private Task<Session> NewSessionAsync() => Sessions.CreateAsync(new SessionCreateOptions
    {
        Mode = "setup",
        Currency = "aud",
        Customer = _customer,
        SuccessUrl = Success,
        CancelUrl = Cancel,
        Metadata = new Dictionary<string, string> { ["account_id"] = "acc-1" },
    });

    private async Task<HttpResponseMessage> SubmitAsync(
        Session session, string number, string expiry = "04/29", string cvc = "123", string name = "Ana Lima")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = number, ["expiry"] = expiry, ["cvc"] = cvc, ["name"] = name });
        return await _browser.PostAsync(session.Url, form);
    }

    private async Task<HttpResponseMessage> AnswerBankAsync(Uri page, string answer)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["answer"] = answer });
        return await _browser.PostAsync(page, form);
    }
}
