using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class PaymentMethodTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private PaymentMethodService Methods => _host.Client.V1.PaymentMethods;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("4242424242424242", "visa", "4242", "123")]
    [InlineData("5555 5555 5555 4444", "mastercard", "4444", "123")]
    [InlineData("378282246310005", "amex", "0005", "1234")]
    public async Task A_card_shows_its_brand_dates_and_last_digits(string number, string brand, string last4, string cvc)
    {
        var made = await Methods.CreateAsync(new PaymentMethodCreateOptions
        {
            Type = "card",
            Card = new PaymentMethodCardOptions { Number = number, ExpMonth = 4, ExpYear = 2029, Cvc = cvc },
            BillingDetails = new PaymentMethodBillingDetailsOptions { Name = "Ana" },
        });
        var read = await Methods.GetAsync(made.Id);

        Assert.Equal(
            ("card", brand, last4, 4L, 2029L, "pass", "Ana"),
            (read.Type, read.Card.Brand, read.Card.Last4, read.Card.ExpMonth, read.Card.ExpYear, read.Card.Checks.CvcCheck, read.BillingDetails.Name));
        Assert.Null(read.CustomerId);
    }

    [Fact]
    public async Task The_same_number_has_the_same_fingerprint()
    {
        var one = await _host.NewCardAsync();
        var same = await _host.NewCardAsync();
        var other = await _host.NewCardAsync("5555555555554444");

        Assert.Equal(one.Card.Fingerprint, same.Card.Fingerprint);
        Assert.NotEqual(one.Card.Fingerprint, other.Card.Fingerprint);
    }

    [Theory]
    [InlineData("4242424242424241", 4, 2029, "123", "incorrect_number", null)]
    [InlineData("42", 4, 2029, "123", "incorrect_number", null)]
    [InlineData("four", 4, 2029, "123", "incorrect_number", null)]
    [InlineData("4111111111111111", 4, 2029, "123", "card_declined", "test_mode_live_card")]
    [InlineData("4242424242424242", 13, 2029, "123", "invalid_expiry_month", null)]
    [InlineData("4242424242424242", 0, 2029, "123", "invalid_expiry_month", null)]
    [InlineData("4242424242424242", 4, 1999, "123", "invalid_expiry_year", null)]
    [InlineData("4242424242424242", 4, 2029, "12", "invalid_cvc", null)]
    [InlineData("4242424242424242", 4, 2029, "abc", "invalid_cvc", null)]
    public async Task A_card_that_can_not_be_right_is_refused(string number, long month, long year, string cvc, string code, string? declineCode)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => Methods.CreateAsync(new PaymentMethodCreateOptions
        {
            Type = "card", Card = new PaymentMethodCardOptions { Number = number, ExpMonth = month, ExpYear = year, Cvc = cvc },
        }));

        Assert.Equal(
            (402, "card_error", code, declineCode),
            ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Code, error.StripeError.DeclineCode));
    }

    [Fact]
    public async Task Attached_cards_are_listed_newest_first_until_they_are_detached()
    {
        var older = await _host.NewCardAsync(customer: _customer);
        var newer = await _host.NewCardAsync("5555555555554444", customer: _customer);
        await _host.NewCardAsync(customer: (await _host.NewCustomerAsync()).Id);
        await _host.NewCardAsync();

        var both = await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer);
        var detached = await Methods.DetachAsync(newer.Id);
        var rest = await Methods.ListAsync(new PaymentMethodListOptions { Customer = _customer, Type = "card" });

        Assert.Equal([newer.Id, older.Id], both.Data.Select(card => card.Id));
        Assert.Null(detached.CustomerId);
        Assert.Equal(older.Id, Assert.Single(rest.Data).Id);
    }

    [Fact]
    public async Task A_detached_card_is_no_default_any_more_and_never_attaches_again()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        await _host.Client.V1.Customers.UpdateAsync(
            _customer, new CustomerUpdateOptions { InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = card.Id } });
        await Methods.DetachAsync(card.Id);

        Assert.Null((await _host.Client.V1.Customers.GetAsync(_customer)).InvoiceSettings.DefaultPaymentMethodId);
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync(card.Id, _customer));
        Assert.Equal((400, "payment_method"), ((int)error.HttpStatusCode, error.StripeError.Param));
        await Assert.ThrowsAsync<StripeException>(() => Methods.DetachAsync(card.Id));
    }

    [Fact]
    public async Task A_card_belongs_to_one_customer_only_and_attaching_it_there_again_is_harmless()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var other = await _host.NewCustomerAsync();

        Assert.Equal(_customer, (await _host.AttachAsync(card.Id, _customer)).CustomerId);
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync(card.Id, other.Id));
        Assert.Equal(400, (int)error.HttpStatusCode);
        Assert.Equal(_customer, (await Methods.GetAsync(card.Id)).CustomerId);
    }

    [Fact]
    public async Task New_dates_on_a_card_are_kept()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        await Methods.UpdateAsync(card.Id, new PaymentMethodUpdateOptions { Card = new PaymentMethodCardOptions { ExpMonth = 12, ExpYear = 2031 } });

        var read = await _host.Client.V1.Customers.PaymentMethods.GetAsync(_customer, card.Id);
        Assert.Equal((12L, 2031L, "4242"), (read.Card.ExpMonth, read.Card.ExpYear, read.Card.Last4));
    }

    [Fact]
    public async Task Neither_the_number_nor_what_the_card_does_leaves_the_sandbox()
    {
        var card = await _host.NewCardAsync("4000000000000341");
        var raw = (await Methods.GetAsync(card.Id)).StripeResponse.Content;
        var wal = await System.IO.File.ReadAllTextAsync(Path.Combine(_host.Folder, "stripe.db-wal"), System.Text.Encoding.Latin1);

        Assert.DoesNotContain("4000000000000341", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", raw, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(card.Id, wal, StringComparison.Ordinal);
        Assert.DoesNotContain("4000000000000341", wal, StringComparison.Ordinal);
    }
}
