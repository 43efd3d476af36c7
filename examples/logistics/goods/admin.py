"""Goods in Django's admin."""

from django.contrib import admin

from goods.models import Goods

admin.site.register(Goods, list_display=("tracking", "warehouse", "status"))
